"""A project with a memory, in which a model compares words."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from indexer.project import open_project
from memory.retrieval import model
from tests.builders import WordEmbedder
from tests.shop import write_shop


@pytest.fixture
def memory(tmp_path, monkeypatch):
    """The memory of the shop, which knows its files."""
    state = SimpleNamespace(manifest=True, model_id=WordEmbedder.model_id)
    monkeypatch.setattr(model, "load_embedder", lambda *_, **__: WordEmbedder())
    monkeypatch.setattr(model, "model_state", lambda *_, **__: state)
    root = tmp_path / "shop"
    write_shop(root)
    with open_project(root, environment={}) as opened:
        opened.index()
        yield opened
