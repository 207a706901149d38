"""Compiling models that only torch knows, and serving them without it."""

import json
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from memory.errors import ModelNotUsable
from memory.retrieval.embedding import compile_model, load_embedder, model_state
from memory.retrieval.embedding.compiler import PROBES

pytestmark = pytest.mark.slow


@pytest.fixture
def torch_embedder():
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder

    return TorchEmbedder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def test_a_compiled_model_says_what_sentence_transformers_says(
    unusual_folder, cache, torch_embedder
):
    compiled = load_embedder(str(unusual_folder), cache=cache)
    reference = torch_embedder(model_state(str(unusual_folder), cache=cache).source, "reference")

    assert (compiled.dimension, compiled.max_tokens) == (32, 24)
    np.testing.assert_allclose(compiled.encode(PROBES), reference.encode(PROBES), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(compiled.encode(PROBES), axis=1), 1, atol=1e-5)
    for text in PROBES:
        ours, theirs = compiled.encode_query(text), reference.encode_query(text)
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_the_models_own_prompts_are_compiled_with_it(unusual_folder, cache):
    manifest = compile_model(str(unusual_folder), cache=cache).manifest
    embedder = load_embedder(str(unusual_folder), cache=cache)

    assert (manifest.query_prompt, manifest.document_prompt) == ("question ", "passage ")
    assert np.abs(embedder.encode_query("kafka") - embedder.encode(["kafka"])[0]).max() > 1e-3


def test_both_embedders_count_tokens_alike(unusual_folder, cache, torch_embedder):
    compiled = load_embedder(str(unusual_folder), cache=cache)
    reference = torch_embedder(model_state(str(unusual_folder), cache=cache).source, "reference")

    for text in ("", "abc", "abc " * 100):
        assert compiled.count_tokens(text) == reference.count_tokens(text)


def test_a_model_with_code_of_its_own_is_never_run(tmp_path, unusual_folder, cache):
    folder = tmp_path / "remote"
    folder.mkdir()
    for path in unusual_folder.rglob("*"):
        if path.is_file():
            copy = folder / path.relative_to(unusual_folder)
            copy.parent.mkdir(exist_ok=True)
            copy.write_bytes(path.read_bytes())
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "evil.Transformer"
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "evil.py").write_text("raise SystemExit('it ran')")

    with pytest.raises(ModelNotUsable, match="evil"):
        load_embedder(str(folder), cache=cache)


def test_only_the_first_use_imports_torch_and_none_connects_or_prints(unusual_folder, tmp_path):
    script = textwrap.dedent("""
        import socket, sys
        socket.socket.connect = lambda *_: sys.exit("went to the network")
        from memory.retrieval.embedding import load_embedder, model_state
        heavy = {"torch", "onnxruntime", "tokenizers", "onnx", "numpy"}
        model_state(sys.argv[1])
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
        embedder = load_embedder(sys.argv[1])
        assert embedder.encode(["kafka"]).shape == (1, 32)
        assert ("torch" in sys.modules) == (sys.argv[2] == "first"), sys.argv[2]
        if sys.argv[2] == "second":
            assert not {"onnx", "transformers", "filelock"} & set(sys.modules)
    """)

    for time in ("first", "second"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", script, unusual_folder, time],
            env={"ARCHMEM_CACHE": str(tmp_path), "PYTHONPATH": ".", "PATH": ""},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
