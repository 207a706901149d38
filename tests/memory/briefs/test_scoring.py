"""What makes a memory worth its tokens."""

from __future__ import annotations

import pytest

from memory.briefs.scoring import (
    ASKED_MODULE,
    FLOOR,
    NAMED_MODULE,
    USEFUL,
    belonging_too,
    worth,
)
from memory.kinds.vocabulary import Status
from memory.models.details import Decision, Flag
from tests.builders import a_draft


@pytest.fixture
def worth_of(desk):
    def worth_of(details, *, useful=1.0, earned=0.0, **source):
        uid = f"one-{desk.db.execute('SELECT count(*) FROM memories').fetchone()[0]}"
        desk.keep(uid, a_draft(details=details), **source)
        return worth(desk.listed(uid), useful, earned)

    return worth_of


def test_what_holds_or_was_refused_is_worth_more_than_what_is_over(worth_of):
    holds, rejected, over = (
        worth_of(Decision(status=status))
        for status in (Status.ACCEPTED, Status.REJECTED, Status.DEPRECATED)
    )

    assert holds == rejected > over > FLOOR


def test_what_is_open_is_worth_more_than_what_was_settled(worth_of):
    assert worth_of(Flag()) > worth_of(Flag(status=Status.RESOLVED))


def test_what_helped_gains_and_what_misled_loses(worth_of):
    helped, plain, misled = (
        worth_of(Decision(status=Status.ACCEPTED), earned=earned) for earned in (1.0, 0.0, -1.0)
    )

    assert helped > plain > misled > 0


def test_a_module_that_was_asked_for_is_told_of_and_one_that_is_only_named_is_not():
    assert belonging_too(0.0, ASKED_MODULE) >= USEFUL > belonging_too(0.0, NAMED_MODULE)
