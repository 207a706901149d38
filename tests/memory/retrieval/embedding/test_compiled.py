import json
from pathlib import Path

import pytest

from memory.retrieval.embedding.compiled import (
    MODEL,
    TOKENIZER,
    Refusal,
    cache_folder,
    find_compiled,
    find_refusal,
    replacing,
    write_refusal,
)


def test_a_complete_folder_is_found(compiled):
    assert find_compiled(compiled.folder) == compiled.manifest


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, "manifest.json"])
@pytest.mark.parametrize("damage", ["gone", "empty", "truncated"])
def test_a_folder_that_lacks_anything_is_no_compiled_model(compiled, name, damage):
    path = compiled.folder / name
    content = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(content[: len(content) // 2 if damage == "truncated" else 0])

    assert find_compiled(compiled.folder) is None


@pytest.mark.parametrize("change", [{"format": 2}, {"files": {}}, {"precision": "fp16"}])
def test_a_manifest_that_promises_less_is_no_compiled_model(compiled, change):
    manifest = compiled.folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), **change}))

    assert find_compiled(compiled.folder) is None


def test_a_folder_is_replaced_as_a_whole(compiled):
    with replacing(compiled.folder) as scratch:
        write_refusal(scratch, Refusal(reason="too different", versions={}))

    assert find_compiled(compiled.folder) is None
    assert find_refusal(compiled.folder) == Refusal(reason="too different", versions={})
    assert list(compiled.folder.parent.iterdir()) == [compiled.folder]


def test_a_replacement_that_fails_leaves_the_folder_as_it_was(compiled):
    def fail_halfway():
        with replacing(compiled.folder) as scratch:
            (scratch / MODEL).touch()
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail_halfway()

    assert find_compiled(compiled.folder) == compiled.manifest
    assert list(compiled.folder.parent.iterdir()) == [compiled.folder]


def test_what_a_killed_process_left_is_cleared_away(compiled):
    for ending in ("new", "old"):
        leftover = compiled.folder.with_name(f"{compiled.folder.name}.{ending}")
        leftover.mkdir()
        (leftover / MODEL).touch()

    with replacing(compiled.folder) as scratch:
        assert list(scratch.iterdir()) == []

    assert list(compiled.folder.parent.iterdir()) == [compiled.folder]


def test_the_environment_moves_the_cache(monkeypatch):
    monkeypatch.setenv("ARCHMEM_CACHE", "/somewhere/else")

    assert cache_folder() == Path("/somewhere/else")
