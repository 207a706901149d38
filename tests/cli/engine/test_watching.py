"""Projects that are watched, with real files, a real watcher and a model of words."""

from __future__ import annotations

import threading
import time

import pytest

from cli.engine.background import Background
from cli.engine.calls import Address
from cli.engine.lifetime import Lifetime
from cli.engine.project_list import ProjectList
from cli.engine.watching import BatchResult, Watching
from indexer.watching import Mode
from memory.errors import TooWide
from tests.machine import eventually

pytestmark = pytest.mark.slow

NEW = """
## 2026-02-16 — Limit request rates with token buckets

**Status:** Accepted

A token bucket per merchant.
"""


@pytest.fixture
def lifetime():
    return Lifetime(idle_seconds=1000)


@pytest.fixture
def listed(tmp_path):
    return ProjectList(tmp_path / "state" / "watched.json")


@pytest.fixture
def background(stores):
    before = set(threading.enumerate())
    background = Background()
    yield background
    background.close()
    assert eventually(lambda: not {one for one in threading.enumerate() if one not in before})


@pytest.fixture
def watching(stores, background, lifetime, listed):
    watching = Watching(stores, background, lifetime, listed)
    yield watching
    watching.close()


def log_of(address):
    return address.project / ".claude/memory/context/decisions.md"


def save(address, text: str) -> None:
    log = log_of(address)
    log.write_text(log.read_text(encoding="utf-8") + text, encoding="utf-8")


def found(stores, address, question: str) -> list[str]:
    with stores.reading(address) as memory:
        answer = memory.search(question)
        return [hit.memory.title for hit in answer.hits] if answer.complete else []


def test_what_is_saved_is_found_by_meaning_soon(watching, stores, new_project):
    shop = new_project("shop")
    root, state = watching.turn_on(shop)
    assert (root, state.mode) == (shop.project, Mode.WATCHING)

    save(shop, NEW)

    assert eventually(
        lambda: "Limit request rates with token buckets" in found(stores, shop, "token bucket")
    )


def test_nobody_waits_for_the_look_at_what_memories_name(
    watching, stores, new_project, monkeypatch
):
    shop = new_project("shop")
    looked, go_on = threading.Event(), threading.Event()

    def look_again(*_):
        looked.set()
        go_on.wait(30)
        return []

    monkeypatch.setattr("indexer.freshness.look.look_again", look_again)
    watching.turn_on(shop)
    assert looked.wait(30)

    save(shop, NEW)

    assert eventually(
        lambda: "Limit request rates with token buckets" in found(stores, shop, "token bucket")
    )
    go_on.set()


def test_a_watched_project_is_watched_again_by_the_next_engine(
    watching, stores, background, lifetime, listed, new_project
):
    shop = new_project("shop")
    watching.turn_on(shop)
    watching.close()
    save(shop, NEW)  # while nobody looks

    another = Watching(stores, background, lifetime, listed)
    another.resume()
    try:
        assert list(another.states()) == [shop.project]
        assert eventually(
            lambda: "Limit request rates with token buckets" in found(stores, shop, "token bucket")
        )
    finally:
        another.close()


def test_turning_off_says_whether_it_was_on(watching, new_project, listed):
    shop = new_project("shop")
    watching.turn_on(shop)

    assert watching.turn_off(shop) == (shop.project, True)
    assert watching.turn_off(shop) == (shop.project, False)
    assert watching.states() == {}
    assert listed.addresses() == ()


def test_a_project_that_was_away_is_watched_once_it_is_back(watching, stores, listed, new_project):
    shop = new_project("shop")
    watching.turn_on(shop)
    watching.close()
    shop.project.rename(shop.project.with_name("elsewhere"))

    watching.resume()
    assert eventually(lambda: watching.states()[shop.project].mode is Mode.AWAY)
    shop.project.with_name("elsewhere").rename(shop.project)

    assert eventually(lambda: watching.states()[shop.project].mode is Mode.WATCHING)
    save(shop, NEW)
    assert eventually(
        lambda: "Limit request rates with token buckets" in found(stores, shop, "token bucket")
    )


def test_a_project_that_is_gone_can_be_taken_off_the_list_and_gets_no_memory(watching, new_project):
    shop = new_project("shop")
    watching.turn_on(shop)
    shop.project.rename(shop.project.with_name("elsewhere"))
    assert eventually(lambda: watching.states()[shop.project].mode is Mode.AWAY)

    assert watching.turn_off(shop) == (shop.project, True)
    assert not shop.project.exists()


def test_a_question_waits_until_what_changed_meanwhile_is_known(
    watching, stores, background, lifetime, listed, new_project
):
    shop = new_project("shop")
    watching.turn_on(shop)
    watching.close()
    save(shop, NEW)

    another = Watching(stores, background, lifetime, listed)
    another.resume()
    try:
        assert another.caught_up(shop, patience=10)
        with stores.reading(shop) as memory:
            assert len(memory.list()) == 2
    finally:
        another.close()


def test_the_home_folder_is_no_project(watching, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    with pytest.raises(TooWide):
        watching.turn_on(Address(project=tmp_path))
    assert not (tmp_path / ".archmem").exists()


def test_who_listens_hears_what_is_learned(watching, new_project):
    shop = new_project("shop")
    heard = []
    with watching.listening(shop, heard.append):
        assert eventually(lambda: any(isinstance(one, BatchResult) for one in heard))
        heard.clear()
        save(shop, NEW)
        assert eventually(lambda: [one for one in heard if isinstance(one, BatchResult)])

    [change] = learned(heard)[0].changes
    assert (change.what, change.memory.title) == ("added", "Limit request rates with token buckets")


def test_listening_leaves_nothing_watched_that_was_not(watching, new_project, listed):
    shop, bank = new_project("shop"), new_project("bank")
    watching.turn_on(bank)
    for address in (shop, bank):
        with watching.listening(address, lambda _: None):
            pass

    assert list(watching.states()) == [bank.project]


def test_the_last_of_several_listeners_ends_it(watching, new_project):
    shop = new_project("shop")
    with watching.listening(shop, lambda _: None):
        with watching.listening(shop, lambda _: None):
            pass
        assert list(watching.states()) == [shop.project]

    assert watching.states() == {}


def test_our_own_record_is_no_news(watching, stores, new_project):
    shop = new_project("shop")
    heard = []
    with watching.listening(shop, heard.append):
        with stores.writing(shop) as memory:
            from tests.builders import a_decision

            memory.record(a_decision(title="Ship one deployable"), author="human:dana")
        time.sleep(1.5)
        revisions = {change.memory.revisions for one in learned(heard) for change in one.changes}

    assert revisions <= {1}
    with stores.reading(shop) as memory:
        [kept] = [one.memory for one in memory.list() if one.memory.title == "Ship one deployable"]
    assert kept.revisions == 1


def learned(heard) -> list[BatchResult]:
    return [one for one in heard if isinstance(one, BatchResult)]


def test_new_settings_are_heeded_without_being_told(watching, stores, new_project):
    shop = new_project("shop")
    watching.turn_on(shop)
    record = shop.project / "design" / "0001-use-a-queue.md"
    record.parent.mkdir()
    record.write_text("# 1. Use a queue\n\n## Status\n\nAccepted\n\n## Decision\n\nA queue.\n")

    (shop.project / "archmem.toml").write_text('record_folders = ["design"]\n')

    assert eventually(lambda: "Use a queue" in found(stores, shop, "queue"))


def test_settings_that_cannot_be_understood_leave_the_old_ones_in_place(
    watching, stores, new_project
):
    shop = new_project("shop")
    watching.turn_on(shop)
    assert eventually(lambda: found(stores, shop, "quorum queues"))

    (shop.project / "archmem.toml").write_text("record_folders = [")
    assert eventually(lambda: "archmem.toml" in watching.states()[shop.project].said)
    (shop.project / "archmem.toml").unlink()
    save(shop, NEW)

    assert eventually(
        lambda: "Limit request rates with token buckets" in found(stores, shop, "token bucket")
    )


def test_work_in_a_project_keeps_the_engine_alive_and_looking_again_does_not(
    stores, background, listed, new_project
):
    shop = new_project("shop")
    now = [0.0]
    lifetime = Lifetime(idle_seconds=1000, clock=lambda: now[0], stamp=lambda: "")
    watching = Watching(stores, background, lifetime, listed)
    watching.turn_on(shop)
    try:
        assert eventually(lambda: found(stores, shop, "quorum queues"))
        now[0] = 500.0
        assert lifetime.idle_seconds == 500.0
        save(shop, NEW)
        assert eventually(lambda: lifetime.idle_seconds == 0.0)
    finally:
        watching.close()
