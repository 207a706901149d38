import os
import time

import pytest

from indexer.watching import Cause, Tuning
from indexer.watching.batches import PendingBatch

TUNING = Tuning(quiet=0.2, longest=1.0, git_patience=10.0, burst=3)


@pytest.fixture
def gathering(tmp_path):
    return PendingBatch(tmp_path, TUNING)


def test_nothing_is_never_due(gathering):
    assert gathering.seconds_left(0.0) is None

    gathering.add(frozenset(), 5.0)

    assert gathering.seconds_left(100.0) is None


def test_a_batch_is_due_when_it_has_been_quiet(gathering):
    gathering.add({"a"}, 5.0)
    gathering.add({"b"}, 5.1)

    assert gathering.seconds_left(5.1) == pytest.approx(0.2)
    assert gathering.seconds_left(5.31) == 0


def test_it_is_due_after_a_while_even_if_it_is_never_quiet(gathering):
    for tenth in range(10):
        gathering.add({"a"}, 5.0 + tenth / 10)

    assert gathering.seconds_left(5.95) == pytest.approx(0.05)
    assert gathering.seconds_left(6.0) == 0


def test_what_is_taken_is_gone_and_the_next_begins_anew(gathering):
    gathering.add({"a"}, 5.0)
    gathering.add({"b"}, 5.5)

    batch = gathering.take()
    gathering.add({"c"}, 8.0)

    assert (batch.paths, batch.cause, batch.first_at) == ({"a", "b"}, Cause.EVENTS, 5.0)
    assert gathering.take().first_at == 8.0


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ([{"a", "b"}, {"c"}], Cause.EVENTS),
        ([{"a", "b"}, {"c", "d"}], Cause.BURST),
        ([{"a"}, Cause.LAYOUT, {"b"}], Cause.LAYOUT),
        ([Cause.LAYOUT, Cause.IGNORE_FILE], Cause.LAYOUT),
        ([Cause.LAYOUT, Cause.SETTINGS, Cause.LAYOUT], Cause.SETTINGS),
    ],
)
def test_many_paths_or_another_cause_make_it_everything(gathering, changes, cause):
    for change in changes:
        gathering.add(change, 5.0)

    batch = gathering.take()

    assert batch.cause is cause
    assert (batch.paths is None) is (cause is not Cause.EVENTS)


def test_while_git_has_its_lock_a_batch_waits_but_not_for_ever(gathering, tmp_path):
    (tmp_path / "index.lock").touch()
    gathering.add({"a"}, 5.0)

    assert gathering.seconds_left(7.0) > 0
    assert gathering.seconds_left(14.95) == pytest.approx(0.05)
    assert gathering.seconds_left(15.0) == 0

    (tmp_path / "index.lock").unlink()
    assert gathering.seconds_left(7.0) == 0


def test_a_lock_that_was_left_behind_delays_nothing(gathering, tmp_path):
    (tmp_path / "index.lock").touch()
    long_ago = time.time() - 60
    os.utime(tmp_path / "index.lock", (long_ago, long_ago))
    gathering.add({"a"}, 5.0)

    assert gathering.seconds_left(5.3) == 0


@pytest.mark.parametrize("folder", ["rebase-merge", "rebase-apply"])
def test_during_a_rebase_a_batch_waits_until_it_pauses(gathering, tmp_path, folder):
    (tmp_path / folder).mkdir()
    for tenth in range(30):
        gathering.add({"a"}, 5.0 + tenth / 10)

    assert gathering.seconds_left(7.95) == pytest.approx(0.15)
    assert gathering.seconds_left(8.2) == 0


def test_outside_git_there_is_nothing_to_wait_for():
    gathering = PendingBatch(None, TUNING)
    gathering.add({"a"}, 5.0)

    assert gathering.seconds_left(5.3) == 0
