"""Work in the background takes one thread for each task, and is lost by no failure."""

from __future__ import annotations

import subprocess
import threading

import pytest

from cli.engine import background as module
from cli.engine.background import Background, embed_soon
from cli.engine.building import engine_parts
from cli.engine.calls import Address
from cli.engine.lifetime import Lifetime
from indexer import project
from memory.errors import StoreBusy
from memory.upkeep import Upkeep
from tests.machine import eventually


@pytest.fixture
def background():
    background = Background()
    yield background
    background.close()


@pytest.fixture
def shop(stores, new_project):
    """A project whose files are taken in and not embedded."""
    shop = new_project("shop")
    with stores.writing(shop, create=True) as memory:
        memory.upkeep.take_in()
        assert memory.upkeep.count_pending()
    return shop


@pytest.fixture
def embed(background, stores, shop):
    return lambda: embed_soon(background, stores, shop, shop.project / ".archmem")


def names_of_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith(("embed ", "look "))]


def pending(stores, address) -> int:
    with stores.reading(address) as memory:
        return memory.upkeep.count_pending()


@pytest.mark.slow
def test_what_waits_is_embedded_and_the_thread_is_gone(embed, stores, shop):
    embed()

    assert eventually(lambda: pending(stores, shop) == 0)
    assert eventually(lambda: not names_of_threads())


@pytest.mark.slow
def test_asking_again_and_again_takes_one_thread(embed, stores, shop, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(Upkeep, "embed", lambda *_, **__: go_on.wait(10))
    for _ in range(20):
        embed()

    assert len(names_of_threads()) == 1
    monkeypatch.undo()
    go_on.set()
    assert eventually(lambda: pending(stores, shop) == 0)


@pytest.mark.slow
def test_vectors_that_are_held_by_another_process_are_tried_again(embed, stores, shop, monkeypatch):
    monkeypatch.setattr(module, "RETRY_AFTER", 0.01)
    real, failures = Upkeep.embed, iter(range(2))

    def busy_at_first(upkeep, **how):
        if next(failures, None) is not None:
            raise StoreBusy(upkeep._session.folder, "another process")
        return real(upkeep, **how)

    monkeypatch.setattr(Upkeep, "embed", busy_at_first)
    embed()

    assert eventually(lambda: pending(stores, shop) == 0)


@pytest.mark.slow
def test_a_failure_of_any_kind_is_logged_and_not_the_end(embed, stores, shop, monkeypatch, caplog):
    def fails(*_, **__):
        raise ValueError("of a library")

    with monkeypatch.context() as patched:
        patched.setattr(Upkeep, "embed", fails)
        embed()
        assert eventually(lambda: not names_of_threads())
    assert "of a library" in caplog.text
    embed()

    assert eventually(lambda: pending(stores, shop) == 0)


def test_what_is_asked_for_while_it_is_done_is_done_once_more(background, tmp_path):
    done, go_on, begun = [], threading.Event(), threading.Event()

    def work():
        done.append(1)
        begun.set()
        go_on.wait(10)

    background.soon(tmp_path, "look", work)
    assert begun.wait(10)
    for _ in range(20):
        background.soon(tmp_path, "look", work)
    go_on.set()

    assert eventually(lambda: not names_of_threads())
    assert len(done) == 2


def test_what_takes_long_holds_up_no_other_work(background, tmp_path):
    done, go_on = [], threading.Event()
    background.soon(tmp_path, "embed", lambda: go_on.wait(10))

    background.soon(tmp_path, "look", lambda: done.append("look"), pause=0.01)

    assert eventually(lambda: done == ["look"])
    go_on.set()


def test_after_closing_nothing_is_done(background, tmp_path):
    done = []
    background.soon(tmp_path, "look", lambda: done.append(1), pause=60)

    background.close()
    background.soon(tmp_path, "embed", lambda: done.append(1))

    assert done == []
    assert not names_of_threads()


@pytest.mark.slow
def test_code_that_a_brief_went_without_is_read_for_the_next_one(
    new_project, word_model, monkeypatch
):
    monkeypatch.setattr(project, "SOON", 0)
    shop = new_project("shop")
    (shop.project / "refunds.py").write_text("def book_refund():\n    ...\n", encoding="utf-8")

    def brief(engine) -> str:
        return engine.call("brief", shop, {"task": "Book a refund twice"}).text

    with engine_parts(Lifetime(idle_seconds=60), about={}, by="a test", state=None) as engine:
        engine.call("index", shop, {})
        assert "not read yet" in brief(engine)
        assert eventually(lambda: "not read yet" not in brief(engine))


@pytest.mark.slow
def test_code_that_a_brief_of_a_worktree_went_without_is_read_for_the_next_one(
    new_project, word_model, monkeypatch, tmp_path
):
    monkeypatch.setattr(project, "SOON", 0)
    shop = new_project("shop")
    (shop.project / "refunds.py").write_text("def book_refund():\n    ...\n", encoding="utf-8")
    _git(shop.project, "init", "-q")
    _git(shop.project, "add", "-A")
    _git(shop.project, "commit", "-qm", "Begin")
    _git(shop.project, "worktree", "add", "-q", str(tmp_path / "other"))
    other = Address(project=tmp_path / "other")

    def brief(engine) -> str:
        return engine.call("brief", other, {"task": "Book a refund twice"}).text

    with engine_parts(Lifetime(idle_seconds=60), about={}, by="a test", state=None) as engine:
        engine.call("index", shop, {})
        assert "not read yet" in brief(engine)
        assert eventually(lambda: "not read yet" not in brief(engine))


def _git(folder, *arguments):
    who = ("-c", "user.name=Dana", "-c", "user.email=dana@example.org")
    subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True)
