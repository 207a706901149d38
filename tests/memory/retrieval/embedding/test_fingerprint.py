import hashlib
import os

import pytest

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.catalog import DEFAULT_WEIGHTS, ModelSource, find_model, fingerprint


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "tiny"
    (folder / "1_Pooling").mkdir(parents=True)
    for name, content in {
        "model.safetensors": b"weights",
        "config.json": b"{}",
        "vocab.txt": b"a b c",
        "1_Pooling/config.json": b'{"mode": "mean"}',
        "README.md": b"about",
        "data_config.json": b"[]",
    }.items():
        (folder / name).write_bytes(content)
    return ModelSource("tiny", folder)


def test_the_id_says_name_weights_settings_and_precision(source, tmp_path):
    model_id = fingerprint(source, tmp_path).model_id("int8")

    weights = hashlib.sha256(b"weights").hexdigest()
    assert model_id.startswith(f"tiny@{weights[:8]}-")
    assert model_id.endswith("/int8")


@pytest.mark.parametrize(
    "changed", ["model.safetensors", "config.json", "vocab.txt", "1_Pooling/config.json"]
)
def test_whatever_a_vector_depends_on_changes_the_id(source, tmp_path, changed):
    before = fingerprint(source, tmp_path)
    (source.folder / changed).write_bytes(b"other!!")  # as long as the weights were

    assert fingerprint(source, tmp_path).model_id("fp32") != before.model_id("fp32")


def test_what_no_vector_depends_on_leaves_the_id(source, tmp_path):
    before = fingerprint(source, tmp_path)
    (source.folder / "README.md").write_text("more about it")
    (source.folder / "data_config.json").unlink()
    os.utime(source.folder / "model.safetensors", (1, 1))

    assert fingerprint(source, tmp_path) == before


def test_a_second_look_does_not_hash(source, tmp_path, monkeypatch):
    first = fingerprint(source, tmp_path)
    monkeypatch.setattr(hashlib, "file_digest", lambda *_: pytest.fail("hashed again"))

    assert fingerprint(source, tmp_path) == first


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"stamp": 3}', b"\xff"])
def test_a_damaged_note_is_taken_anew(source, tmp_path, damage):
    first = fingerprint(source, tmp_path)
    (note,) = (tmp_path / "fingerprints").iterdir()
    note.write_bytes(damage)

    assert fingerprint(source, tmp_path) == first


def test_a_cache_that_cannot_be_written_costs_only_time(source, tmp_path):
    (tmp_path / "file").touch()

    assert fingerprint(source, tmp_path / "file") == fingerprint(source, tmp_path)


def test_weights_other_than_the_published_ones_are_refused(source, tmp_path):
    forged = ModelSource(source.name, source.folder, expected_weights=DEFAULT_WEIGHTS)

    with pytest.raises(ModelNotUsable, match="other weights"):
        fingerprint(forged, tmp_path)


def test_the_packaged_weights_are_the_published_ones(tmp_path):
    assert fingerprint(find_model(), tmp_path).weights == DEFAULT_WEIGHTS
