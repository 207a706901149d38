"""When a flag is overdue, and who took notice of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from memory.flags import acknowledged, is_overdue, who_acknowledged
from memory.kinds.vocabulary import Status
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.standing import Standing
from tests.builders import NOW, a_draft, a_memory

DUE = datetime(2026, 3, 10, tzinfo=UTC)


def a_flag(due=DUE, status=Status.OPEN):
    memory = a_memory("fla-a", details=Flag(due=due, status=status))
    return Listed(memory=memory, standing=Standing(in_force=True, status=status))


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2026, 3, 9), False), (date(2026, 3, 10), False), (date(2026, 3, 11), True)],
)
def test_a_flag_is_overdue_from_the_day_after_it_was_due(today, expected):
    assert is_overdue(a_flag(), today) is expected


def test_days_are_those_of_utc():
    due = datetime(2026, 3, 10, 23, tzinfo=timezone(-timedelta(hours=5)))

    assert not is_overdue(a_flag(due), date(2026, 3, 11))


@pytest.mark.parametrize("flag", [a_flag(None), a_flag(status=Status.RESOLVED)])
def test_what_is_due_on_no_day_or_is_settled_is_never_overdue(flag):
    assert not is_overdue(flag, date(2099, 1, 1))


@pytest.mark.parametrize("name", ["acknowledged_by", "acknowledgedBy", "acked-by", "AckBy"])
def test_who_acknowledged_a_flag_is_found_however_its_file_spells_it(name):
    draft = a_draft(details=Flag(), extra={name: "dana"})

    assert who_acknowledged(draft) == "dana"
    assert who_acknowledged(acknowledged(draft, "kim", NOW)) == "kim"
