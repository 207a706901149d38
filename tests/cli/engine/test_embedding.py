from __future__ import annotations

import threading

import pytest

from cli.engine import embedding as module
from cli.engine.embedding import Embedding
from memory.api import ArchMem
from memory.errors import StoreBusy
from tests.machine import eventually


@pytest.fixture
def embedding(stores):
    embedding = Embedding(stores)
    yield embedding
    embedding.close()


@pytest.fixture
def shop(stores, new_project):
    """A project whose files are taken in and not embedded."""
    shop = new_project("shop")
    with stores.writing(shop, create=True) as memory:
        memory.take_in()
        assert memory.count_pending()
    return shop


def names_of_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("embed ")]


def pending(stores, address) -> int:
    with stores.reading(address) as memory:
        return memory.count_pending()


def test_what_waits_is_embedded_and_the_thread_is_gone(embedding, stores, shop):
    embedding.soon(shop, shop.project / ".archmem")

    assert eventually(lambda: pending(stores, shop) == 0)
    assert eventually(lambda: not names_of_threads())


def test_asking_again_and_again_takes_one_thread(embedding, stores, shop, monkeypatch):
    go_on = threading.Event()
    monkeypatch.setattr(ArchMem, "embed", lambda *_, **__: go_on.wait(10))
    for _ in range(20):
        embedding.soon(shop, shop.project / ".archmem")
        embedding.soon(shop.of(shop.project / ".claude"), shop.project / ".archmem")

    assert len(names_of_threads()) == 1
    monkeypatch.undo()
    go_on.set()
    assert eventually(lambda: pending(stores, shop) == 0)


def test_vectors_that_are_held_by_another_process_are_tried_again(
    embedding, stores, shop, monkeypatch
):
    monkeypatch.setattr(module, "RETRY_AFTER", 0.01)
    real, failures = ArchMem.embed, iter(range(2))

    def busy_at_first(memory, **how):
        if next(failures, None) is not None:
            raise StoreBusy(memory.folder, "another process")
        return real(memory, **how)

    monkeypatch.setattr(ArchMem, "embed", busy_at_first)
    embedding.soon(shop, shop.project / ".archmem")

    assert eventually(lambda: pending(stores, shop) == 0)


def test_a_failure_of_any_kind_is_not_the_end(embedding, stores, shop, monkeypatch):
    def fails(*_, **__):
        raise ValueError("of a library")

    with monkeypatch.context() as patched:
        patched.setattr(ArchMem, "embed", fails)
        embedding.soon(shop, shop.project / ".archmem")
        assert eventually(lambda: not names_of_threads())
    embedding.soon(shop, shop.project / ".archmem")

    assert eventually(lambda: pending(stores, shop) == 0)


def test_after_closing_nothing_begins(embedding, stores, shop):
    embedding.close()

    embedding.soon(shop, shop.project / ".archmem")

    assert pending(stores, shop) == 1
