"""A project with a memory, in which a model compares words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from indexer.project import open_project
from memory.retrieval import model
from tests.builders import WordEmbedder, copy_project
from tests.shop import write_shop


def use_word_model(monkeypatch) -> None:
    state = SimpleNamespace(manifest=True, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(model, "load_embedder", lambda *_, **__: WordEmbedder())
    monkeypatch.setattr(model, "model_state", lambda *_, **__: state)


@pytest.fixture(scope="session")
def indexed_shop(tmp_path_factory):
    root = tmp_path_factory.mktemp("indexed") / "shop"
    write_shop(root)
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_word_model(monkeypatch)
        with open_project(root, environment={}) as opened:
            opened.index()
    return root


@pytest.fixture
def memory(indexed_shop, tmp_path, monkeypatch):
    """The memory of the shop, which knows its files."""
    use_word_model(monkeypatch)
    with open_project(copy_project(indexed_shop, tmp_path / "shop"), environment={}) as opened:
        yield opened
