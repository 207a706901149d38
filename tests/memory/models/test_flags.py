"""Which flags come first, and whose they are."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from memory.kinds.vocabulary import Status
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.flags import by_urgency, flag_of, parties
from memory.models.memory import Memory, Revision
from memory.models.standing import Standing
from tests.builders import NOW, a_decision, a_draft, a_source


def listed(uid, draft):
    revision = Revision(number=1, draft=draft, source=a_source(), recorded_at=NOW)
    memory = Memory(uid=uid, revision=revision, revisions=1)
    return Listed(memory=memory, standing=Standing(in_force=True, status=Status.OPEN))


def a_flag(uid, *, day=0, due=None, **details):
    due = None if due is None else NOW + timedelta(days=due)
    valid_from = None if day is None else NOW + timedelta(days=day)
    return listed(uid, a_draft(details=Flag(due=due, **details), valid_from=valid_from))


def uids(flags):
    return [one.memory.uid for one in flags]


def test_what_blocks_comes_first_then_severity_then_what_is_due_then_the_latest():
    flags = [
        a_flag("blocks", blocking=True, severity="low"),
        a_flag("critical", severity="critical"),
        a_flag("high-due-soon", severity="high", due=1),
        a_flag("high-due-late", severity="high", due=9, day=5),
        a_flag("high-latest", severity="high", day=5),
        a_flag("high-older", severity="high"),
        a_flag("high-undated", severity="high", day=None),
        a_flag("unstated"),
    ]

    assert uids(by_urgency(reversed(flags))) == uids(flags)


def test_flags_alike_have_one_order_whatever_order_they_came_in():
    flags = [a_flag("a"), a_flag("b"), a_flag("c")]

    assert {tuple(uids(by_urgency(some))) for some in permutations(flags)} == {("a", "b", "c")}


def test_the_parties_of_a_flag_are_sender_receivers_and_owner():
    flag = flag_of(a_flag("a", sender="api", receivers=("auth", "queue"), owner="ops"))

    assert parties(flag) == ("api", "auth", "queue", "ops")


def test_what_is_no_flag_is_not_taken_for_one():
    with pytest.raises(TypeError, match="dec-1 is no flag"):
        flag_of(listed("dec-1", a_decision()))
