from __future__ import annotations

import gc

import pytest

from cli.engine.garbage import MUCH, QUIET, collect_when_quiet, put_off
from cli.engine.lifetime import Ending, Lifetime


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Program:
    """A program on the disk: `stamp` names it."""

    stamp = "old"

    def __call__(self) -> str:
        return self.stamp


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def program():
    return Program()


@pytest.fixture
def lifetime(clock, program):
    return Lifetime(idle_seconds=60, clock=clock, stamp=program)


def test_it_ends_when_nobody_called_for_long(lifetime, clock):
    clock.now += 59
    assert lifetime.look() is None

    clock.now += 2
    assert lifetime.look() is Ending.IDLE


def test_a_call_that_takes_long_is_not_idleness(lifetime, clock):
    with lifetime.serving():
        clock.now += 1000
        assert lifetime.look() is None

    assert lifetime.idle_seconds == 0
    assert lifetime.look() is None


def test_being_told_to_stop_comes_before_everything(lifetime):
    with lifetime.serving():
        lifetime.end(Ending.STOPPED)

        assert lifetime.look() is Ending.STOPPED


def test_the_first_reason_to_end_stays(lifetime):
    told = []
    lifetime.on_end = lambda: told.append(True)

    lifetime.end(Ending.UPGRADED)
    lifetime.end(Ending.STOPPED)

    assert lifetime.ending is Ending.UPGRADED
    assert told == [True]


def test_an_upgrade_ends_it_once_it_is_complete(lifetime, program):
    program.stamp = "half new"
    assert lifetime.look() is None
    program.stamp = "new"
    assert lifetime.look() is None

    assert lifetime.look() is Ending.UPGRADED


def test_a_file_that_is_put_back_is_no_upgrade(lifetime, program):
    program.stamp = "new"
    lifetime.look()
    program.stamp = "old"

    assert lifetime.look() is None
    assert lifetime.look() is None


def test_an_upgrade_waits_for_what_is_under_way(lifetime, program):
    program.stamp = "new"
    with lifetime.serving():
        assert [lifetime.look(), lifetime.look()] == [None, None]


def test_who_follows_keeps_it_alive_but_not_from_being_upgraded(lifetime, clock, program):
    with lifetime.following():
        clock.now += 1000
        assert lifetime.look() is None
        program.stamp = "new"
        lifetime.look()

        assert lifetime.look() is Ending.UPGRADED


@pytest.mark.parametrize(
    ("waiting", "busy", "quiet", "collects"),
    [
        (1, False, QUIET + 1, True),
        (1, False, QUIET - 1, False),
        (1, True, QUIET + 1, False),
        (0, False, QUIET + 1, False),
        (MUCH + 1, True, 0, True),
    ],
)
def test_garbage_is_collected_when_nobody_waits(
    lifetime, clock, monkeypatch, waiting, busy, quiet, collects
):
    collected = []
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, waiting))
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))
    with lifetime.following():
        clock.now += quiet
        if busy:
            with lifetime.serving():
                collect_when_quiet(lifetime)
        else:
            collect_when_quiet(lifetime)
    assert bool(collected) is collects


def test_by_itself_only_young_garbage_is_collected():
    before = gc.get_threshold()
    try:
        put_off()
        assert gc.get_threshold()[2] > 10**6 > gc.get_threshold()[0]
    finally:
        gc.set_threshold(*before)
