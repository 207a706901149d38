"""Review triggers, looked at once a day."""

from __future__ import annotations

import time
from datetime import date

import pytest

from cli.engine.background import Background
from cli.engine.daily import Daily
from cli.engine.lifetime import Lifetime
from cli.engine.project_list import ProjectList
from cli.engine.watching import Watching
from memory.kinds.vocabulary import Kind
from memory.models.selection import Selection
from tests.machine import eventually

pytestmark = pytest.mark.slow

TRIGGER = "\n**Review when:** 2026-06-30\n"
BEFORE, THEN, AFTER = date(2026, 6, 29), date(2026, 6, 30), date(2026, 7, 1)


class Calendar:
    day = BEFORE

    def __call__(self):
        return self.day


@pytest.fixture
def today():
    return Calendar()


@pytest.fixture
def lifetime():
    return Lifetime(idle_seconds=1000)


@pytest.fixture
def background(stores):
    background = Background()
    yield background
    background.close()


@pytest.fixture
def watching(stores, background, lifetime):
    watching = Watching(stores, background, lifetime, ProjectList(None))
    yield watching
    watching.close()


@pytest.fixture
def new_daily(stores, known, watching, background, today):
    return lambda: Daily(stores, known, watching, background, today=today)


@pytest.fixture
def shop(new_project, stores):
    shop = new_project("shop")
    log = shop.project / ".claude/memory/context/decisions.md"
    log.write_text(log.read_text(encoding="utf-8") + TRIGGER, encoding="utf-8")
    with stores.writing(shop, create=True) as memory:
        memory.upkeep.take_in()
    return shop


def flags(stores, address) -> list[str]:
    with stores.reading(address) as memory:
        return [one.memory.title for one in memory.list(Selection(kinds=(Kind.FLAG,)))]


def test_a_trigger_that_comes_true_overnight_raises_a_flag(stores, shop, new_daily, today):
    daily = new_daily()
    daily.look()
    assert flags(stores, shop) == []

    today.day = THEN
    daily.look()

    assert flags(stores, shop) == ["Review “Move background jobs to RabbitMQ”: 2026-06-30 has come"]
    pending = shop.project / ".claude/memory/flags/pending.json"
    assert "2026-06-30 has come" in pending.read_text(encoding="utf-8")


def test_a_day_is_looked_at_once_whichever_engine_does_it(
    stores, shop, new_daily, today, monkeypatch
):
    reviewed = []
    review = "memory.api.ArchMem.review"
    from memory.api import ArchMem

    real = ArchMem.review

    def counting(memory, day):
        reviewed.append(day)
        return real(memory, day)

    monkeypatch.setattr(review, counting)
    for day in (BEFORE, BEFORE, THEN):
        today.day = day
        daily = new_daily()  # an engine that began anew
        daily.look()
        daily.look()

    assert reviewed == [BEFORE, THEN]


def test_a_firing_is_flagged_once(stores, shop, new_daily, today):
    daily = new_daily()
    for day in (THEN, AFTER):
        today.day = day
        daily.look()

    assert len(flags(stores, shop)) == 1


def test_what_is_neither_open_nor_watched_is_left_alone(stores, shop, new_daily, today):
    stores.close()
    today.day = THEN

    new_daily().look()

    assert stores.folders == ()


def test_what_is_watched_is_looked_at_though_it_is_not_open(
    stores, shop, new_daily, today, watching
):
    watching.turn_on(shop)
    stores.close()
    today.day = THEN

    new_daily().look()

    assert len(flags(stores, shop)) == 1


def test_one_project_that_fails_holds_up_no_other(
    stores, shop, new_project, new_daily, today, monkeypatch
):
    other = new_project("another")
    with stores.writing(other, create=True):
        pass
    today.day = THEN
    from memory.upkeep import Upkeep

    real = Upkeep.was_reviewed

    def failing(upkeep, day):
        if upkeep._session.root == other.project:
            raise OSError("gone")
        return real(upkeep, day)

    monkeypatch.setattr(Upkeep, "was_reviewed", failing)

    new_daily().look()

    assert len(flags(stores, shop)) == 1


def test_it_keeps_no_engine_alive(stores, shop, new_daily, today, lifetime):
    before = lifetime._last
    today.day = THEN

    new_daily().look()

    assert lifetime._last == before


def test_a_thread_of_its_own_looks(stores, shop, new_daily, today, monkeypatch):
    monkeypatch.setattr("cli.engine.daily.FIRST_LOOK", 0.01)
    monkeypatch.setattr("cli.engine.daily.LOOK_EVERY", 0.01)
    daily = new_daily()
    daily.start()

    today.day = THEN

    try:
        assert eventually(lambda: len(flags(stores, shop)) == 1)
    finally:
        daily.close()


def test_it_ends_at_once(new_daily):
    daily = new_daily()
    daily.start()
    began = time.monotonic()

    daily.close()

    assert time.monotonic() - began < 1
