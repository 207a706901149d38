"""A look takes its time on a thread of its own."""

from __future__ import annotations

import threading

import pytest

from cli.engine import looking as module
from cli.engine.looking import Looking
from tests.machine import eventually


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.01)


def test_asking_often_takes_one_thread_and_what_came_meanwhile_is_looked_at():
    looks, go_on, begun = [], threading.Event(), threading.Event()

    def look():
        looks.append(threading.current_thread())
        begun.set()
        go_on.wait(10)

    looking = Looking(look, name="look")
    looking.soon()
    assert begun.wait(10)
    for _ in range(20):
        looking.soon()
    go_on.set()

    assert eventually(lambda: not [one for one in looks if one.is_alive()])
    assert len(looks) == 2
    looking.soon()
    assert eventually(lambda: len(looks) == 3)
    looking.close()


def test_a_look_that_fails_is_logged_and_the_next_one_is_made(caplog):
    looks = []

    def look():
        looks.append(1)
        raise OSError("it is away")

    looking = Looking(look, name="look")
    looking.soon()
    assert eventually(lambda: "it is away" in caplog.text)
    looking.soon()
    assert eventually(lambda: len(looks) == 2)
    looking.close()


def test_nothing_is_looked_at_once_it_is_closed():
    looks = []
    looking = Looking(lambda: looks.append(1), name="look")
    looking.close()
    looking.soon()

    assert looks == []
