"""Everything around a compilation, with the model itself made by hand."""

import errno
import os
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from memory.errors import ModelNotUsable
from memory.retrieval.embedding import compiler, load_embedder, model_state
from memory.retrieval.embedding import compile_model as compile_by_name
from memory.retrieval.embedding.compiled import MODEL, TOKENIZER, find_compiled, find_refusal
from memory.retrieval.embedding.compiler import CacheNotWritable, CompilationRefused
from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder

from .conftest import CompiledModel


@pytest.fixture
def model(tmp_path, monkeypatch):
    """A model on disk and a cache; exporting it writes the model made by hand."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    model = Model(folder, tmp_path / "cache")
    monkeypatch.setattr(compiler, "_export", model.export)
    return model
