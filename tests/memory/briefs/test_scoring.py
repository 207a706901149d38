"""What makes a memory worth its tokens."""

from __future__ import annotations

import pytest

from memory.briefs.scoring import FLOOR, OWN_MODULE, affinity, worth
from memory.kinds.vocabulary import Status, Trust
from memory.models.details import Decision, Flag, Lesson, Refactoring
from tests.builders import a_draft


@pytest.fixture
def worth_of(desk):
    def worth_of(details, *, near=1.0, earned=0.0, **source):
        uid = f"one-{desk.db.execute('SELECT count(*) FROM memories').fetchone()[0]}"
        desk.keep(uid, a_draft(details=details), **source)
        return worth(desk.listed(uid), near, earned)

    return worth_of


def test_what_holds_is_worth_more_than_what_is_over(worth_of):
    holds, rejected, over = (
        worth_of(Decision(status=status))
        for status in (Status.ACCEPTED, Status.REJECTED, Status.DEPRECATED)
    )

    assert holds > rejected > over > FLOOR


def test_what_was_undone_and_what_does_not_work_warn_most(worth_of):
    reverted, done = (worth_of(Refactoring(status=one)) for one in (Status.REVERTED, Status.DONE))
    anti, pattern = (worth_of(Lesson(form=one)) for one in ("antipattern", "pattern"))

    assert reverted > done
    assert anti > pattern


def test_what_blocks_is_worth_more_than_what_does_not(worth_of):
    assert worth_of(Flag(blocking=True)) > worth_of(Flag()) > worth_of(Flag(status=Status.RESOLVED))


def test_what_helped_gains_and_what_misled_loses(worth_of):
    helped, plain, misled = (
        worth_of(Decision(status=Status.ACCEPTED), earned=earned) for earned in (1.0, 0.0, -1.0)
    )

    assert helped > plain > misled > 0


def test_a_commit_is_worth_less_than_what_somebody_wrote(worth_of):
    done = Refactoring(status=Status.DONE)

    assert worth_of(done) > worth_of(done, trust=Trust.DERIVED, path=None, commit="a" * 40)


def test_what_has_nothing_to_do_with_the_task_is_worth_nothing(worth_of):
    assert worth_of(Decision(status=Status.ACCEPTED), near=affinity(0.0001, 0.0001, 0.0)) == 0


def test_the_nearest_counts_in_full_though_it_is_not_very_near():
    assert affinity(0.1, 0.1, 0.0) == 1.0
    assert affinity(0.1, 0.9, 0.0) < 1.0


def test_nothing_is_near_to_a_task_of_another_world():
    assert affinity(0.001, 0.001, 0.0) == 0.0


def test_what_belongs_to_a_module_counts_however_far_it_is():
    assert affinity(0.0001, 0.9, OWN_MODULE) == OWN_MODULE
