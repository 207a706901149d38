"""Everything around a compilation, with the model itself made by hand."""

import errno
import hashlib
import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest

from memory.errors import ModelNotUsable
from memory.retrieval.embedding import compile_model, compiler, load_embedder, model_state
from memory.retrieval.embedding.catalog import DEFAULT_MODEL, DEFAULT_WEIGHTS
from memory.retrieval.embedding.compiled import MODEL
from memory.retrieval.embedding.compiler import CacheNotWritable, CompilationRefused
from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder


@pytest.fixture
def model(tmp_path, monkeypatch, make_compiled):
    """The folder of a model; exporting it counts, and writes the model made by hand."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    model = SimpleNamespace(name=str(folder), folder=folder, exports=0, fails=None, reference=None)

    def export(job, scratch):
        model.exports += 1
        if model.fails:
            raise model.fails
        known_as = {"weights": job.known_as.weights, "settings": job.known_as.settings}
        made = make_compiled(scratch, model_id=job.known_as.model_id("fp32"), **known_as)
        (scratch / "manifest.json").unlink()
        return made.manifest, model.reference or OnnxEmbedder(scratch, made.manifest)

    monkeypatch.setenv("ARCHMEM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(compiler, "_export", export)
    return model


@pytest.fixture
def torch_embedder(monkeypatch):
    """Stands for the module of this name, which would import torch."""
    module = SimpleNamespace(TorchEmbedder=lambda source, model_id: ("torch", model_id))
    monkeypatch.setitem(sys.modules, "memory.retrieval.embedding.torch_embedder", module)


class Contrary:
    """A reference that agrees with nobody."""

    def __init__(self, embedder):
        self.embedder = embedder

    def encode(self, texts):
        return -self.embedder.encode(texts)

    def encode_query(self, text):
        return -self.embedder.encode_query(text)


def test_a_model_is_compiled_once(model):
    first = load_embedder(model.name)
    second = load_embedder(model.name)

    assert first.model_id == second.model_id == model_state(model.name).model_id
    assert model.exports == 1


def test_of_several_processes_one_compiles(model):
    stages = []  # each thread takes the file lock for itself, as a process would

    with ThreadPoolExecutor(4) as pool:
        jobs = [
            pool.submit(load_embedder, model.name, on_stage=lambda stage, _: stages.append(stage))
            for _ in range(4)
        ]
        ids = {job.result().model_id for job in jobs}

    assert len(ids) == model.exports == 1
    assert "comparing vectors" in stages


@pytest.mark.parametrize("content", [b"", b"not a model"])
def test_a_damaged_compiled_model_is_compiled_anew(model, content):
    folder = compile_model(model.name).folder
    (folder / MODEL).write_bytes(content)

    assert load_embedder(model.name).encode(["kafka"]).shape == (1, 8)
    assert model.exports == 2


def test_damage_that_keeps_the_size_is_found_when_it_is_opened(model, caplog):
    folder = compile_model(model.name).folder
    (folder / MODEL).write_bytes(bytes((folder / MODEL).stat().st_size))

    assert load_embedder(model.name).encode(["kafka"]).shape == (1, 8)
    assert "compiled anew" in caplog.text


def test_other_weights_are_compiled_under_another_id(model):
    before = load_embedder(model.name).model_id
    (model.folder / "model.safetensors").write_bytes(b"retrained")

    assert load_embedder(model.name).model_id != before
    assert model.exports == 2


def test_what_is_ready_in_a_folder_that_a_project_names_is_not_believed(model, make_compiled):
    """It would call itself what it likes, as the model that archmem ships with."""
    claimed = f"{DEFAULT_MODEL}@{DEFAULT_WEIGHTS[:8]}-0000/fp32"
    make_compiled(model.folder, model_id=claimed, weights=DEFAULT_WEIGHTS)

    state = model_state(model.name)

    assert state.manifest is None
    assert state.fingerprint.weights == hashlib.sha256(b"weights").hexdigest()
    assert state.folder != model.folder
    assert load_embedder(model.name).model_id != claimed


def test_a_compiled_model_is_told_from_one_whose_id_only_begins_alike(model):
    """An id has 8 digits of a hash, which somebody may look for until they have them."""
    folder = compile_model(model.name).folder
    said = json.loads((folder / "manifest.json").read_text())
    alike = said["weights"][:8] + "0" * 56
    (folder / "manifest.json").write_text(json.dumps({**said, "weights": alike}))

    assert model_state(model.name).manifest is None


def test_a_model_that_strays_is_refused_and_served_by_torch(
    model, make_compiled, tmp_path, torch_embedder, caplog
):
    made = make_compiled(tmp_path / "reference")
    model.reference = Contrary(OnnxEmbedder(made.folder, made.manifest))

    assert load_embedder(model.name) == ("torch", model_state(model.name).model_id)
    assert "torch serves instead" in caplog.text
    assert model_state(model.name).manifest is None
    assert "differ by" in model_state(model.name).refusal.reason


def test_an_export_that_does_not_run_is_refused_and_served_by_torch(
    model, torch_embedder, monkeypatch
):
    export = compiler._export

    def export_badly(job, scratch):
        made = export(job, scratch)
        (scratch / MODEL).write_bytes(b"Duplicate definition of name")
        return made

    monkeypatch.setattr(compiler, "_export", export_badly)

    assert load_embedder(model.name)[0] == "torch"
    assert "comparing it failed" in model_state(model.name).refusal.reason


@pytest.mark.slow
def test_a_refusal_is_remembered_until_the_libraries_change(model, torch_embedder, monkeypatch):
    model.fails = CompilationRefused("tiny", "not exportable: a loop")
    load_embedder(model.name)
    load_embedder(model.name)
    assert model.exports == 1

    monkeypatch.setattr(compiler, "version", lambda name: "99")
    load_embedder(model.name)
    assert model.exports == 2


def test_force_compiles_what_was_compiled_or_refused(model):
    model.fails = CompilationRefused("tiny", "not exportable: a loop")
    with pytest.raises(CompilationRefused, match="a loop"):
        compile_model(model.name)
    model.fails = None

    assert compile_model(model.name, force=True).manifest == model_state(model.name).manifest
    assert model_state(model.name).refusal is None
    compile_model(model.name, force=True)
    assert model.exports == 3


@pytest.mark.slow
def test_int8_that_strays_is_served_by_fp32(model, monkeypatch, caplog):
    monkeypatch.setattr(
        compiler, "find_objection", lambda _, precision: {"int8": "no"}.get(precision)
    )

    embedder = load_embedder(model.name, precision="int8")

    assert embedder.model_id == model_state(model.name).model_id
    assert "fp32 serves instead" in caplog.text


def test_int8_has_an_id_of_its_own_and_is_made_from_fp32_once(model):
    shares = []

    load_embedder(model.name, precision="int8", on_stage=lambda _, share: shares.append(share))
    load_embedder(model.name)

    assert load_embedder(model.name, precision="int8").model_id.endswith("/int8")
    assert model.exports == 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_quantising_says_nothing(model, capfd, caplog):
    caplog.set_level(logging.DEBUG, logger="root")

    load_embedder(model.name, precision="int8")

    assert capfd.readouterr() == ("", "")


def test_a_cache_that_is_no_folder_is_one_clear_error(model, tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CacheNotWritable, match=f"{tmp_path}/file") as caught:
        load_embedder(model.name, cache=tmp_path / "file")

    assert "ARCHMEM_CACHE" in caught.value.hint


def test_a_full_disk_is_one_clear_error_and_leaves_what_was_there(model):
    before = compile_model(model.name)
    model.fails = OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(CacheNotWritable, match="No space left"):
        compile_model(model.name, force=True)

    assert model_state(model.name) == before


class Elsewhere:
    """Compiles as another process would, or comes to nothing."""

    def __init__(self, *, works=True):
        self.works = works
        self.calls = []

    def __call__(self, name, precision, force, on_stage):
        self.calls.append((precision, force))
        if self.works:
            with suppress(CompilationRefused):
                compile_model(name, precision=precision, force=force, on_stage=on_stage)


def test_what_is_compiled_elsewhere_is_loaded_from_the_cache(model):
    elsewhere, stages = Elsewhere(), []

    first = load_embedder(
        model.name, compile_elsewhere=elsewhere, on_stage=lambda stage, _: stages.append(stage)
    )
    load_embedder(model.name, compile_elsewhere=elsewhere)

    assert first.encode(["kafka"]).shape == (1, 8)
    assert (elsewhere.calls, "ready" in stages) == ([("fp32", False)], True)


def test_damage_is_mended_elsewhere_too(model):
    elsewhere = Elsewhere()
    folder = compile_model(model.name).folder
    (folder / MODEL).write_bytes(bytes((folder / MODEL).stat().st_size))

    load_embedder(model.name, compile_elsewhere=elsewhere)

    assert elsewhere.calls == [("fp32", True)]


def test_what_is_refused_elsewhere_is_served_by_torch_and_not_tried_again(model, torch_embedder):
    elsewhere = Elsewhere()
    model.fails = CompilationRefused("tiny", "not exportable: a loop")

    for _ in range(2):
        assert load_embedder(model.name, compile_elsewhere=elsewhere)[0] == "torch"

    assert len(elsewhere.calls) == 1


def test_int8_that_strays_elsewhere_is_served_by_fp32(model, monkeypatch):
    elsewhere = Elsewhere()
    monkeypatch.setattr(
        compiler, "find_objection", lambda _, precision: {"int8": "no"}.get(precision)
    )

    embedder = load_embedder(model.name, precision="int8", compile_elsewhere=elsewhere)

    assert embedder.model_id.endswith("/fp32")
    assert elsewhere.calls == [("int8", False)]


def test_a_compilation_elsewhere_that_comes_to_nothing_is_not_made_up_for_here(
    model, torch_embedder
):
    with pytest.raises(ModelNotUsable, match="could not be compiled"):
        load_embedder(model.name, compile_elsewhere=Elsewhere(works=False))

    assert model.exports == 0


def test_a_model_that_cannot_be_loaded_is_no_reason_to_try_torch(model, torch_embedder):
    model.fails = ModelNotUsable("tiny", "it needs code of its own")

    with pytest.raises(ModelNotUsable, match="code of its own"):
        load_embedder(model.name)
    assert model_state(model.name).refusal is None
