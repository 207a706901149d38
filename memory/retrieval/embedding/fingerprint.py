"""Tells models apart by what their files say, hashing each file once per change."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.catalog import module_folders, weight_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from memory.retrieval.embedding.catalog import ModelSource
    from memory.retrieval.embedding.embedder import Precision

# Seen beside models; no vector depends on them.
_IRRELEVANT = {"data_config.json", "model.safetensors.index.json", "pytorch_model.bin.index.json"}
_Stamp: TypeAlias = list[tuple[str, int, int]]  # path in the folder, bytes, mtime in nanoseconds


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a model's vectors depend on: its weights, and its settings and vocabulary."""

    name: str
    weights: str  # sha256 of the weights file; of several files, of the list of their sha256
    settings: str  # the same of configuration and tokeniser files

    def model_id(self, precision: Precision) -> str:
        """What is stored with every vector: "all-MiniLM-L6-v2@53aa5117-4c1e/fp32"."""
        return f"{self.name}@{self.weights[:8]}-{self.settings[:4]}/{precision}"


def fingerprint(source: ModelSource, cache: Path) -> Fingerprint:
    """The fingerprint of a model; a second call reads sizes and times only.

    Raises:
        ModelNotUsable: A file cannot be read, or the weights are not those they must be.
    """
    note = cache / "fingerprints" / f"{_digest(str(source.folder).encode())[:16]}.json"
    try:
        weights, settings = weight_files(source.folder), _settings_files(source.folder)
        stamp = _stamp(source.folder, [*weights, *settings])
        hashes = _recall(note, stamp)
        if hashes is None:
            hashes = (_hash_files(weights), _hash_files(settings))
            _note(note, stamp, hashes)
    except OSError as error:
        raise ModelNotUsable(source.name, f"{error.filename}: {error.strerror}") from error
    if source.expected_weights not in (None, hashes[0]):
        raise ModelNotUsable(source.name, f"{source.folder} holds other weights than published")
    return Fingerprint(source.name, *hashes)


def _settings_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for part in module_folders(folder)
        for path in part.iterdir()
        if path.suffix in {".json", ".txt", ".model"} and path.name not in _IRRELEVANT
    )


def _stamp(folder: Path, files: Iterable[Path]) -> _Stamp:
    stats = ((path.relative_to(folder).as_posix(), path.stat()) for path in files)
    return [(name, stat.st_size, stat.st_mtime_ns) for name, stat in stats]


def _recall(note: Path, stamp: _Stamp) -> tuple[str, str] | None:
    """The hashes noted for exactly these sizes and times; a damaged note is no note."""
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
        if noted["stamp"] == [list(entry) for entry in stamp]:
            return str(noted["weights"]), str(noted["settings"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None


def _note(note: Path, stamp: _Stamp, hashes: tuple[str, str]) -> None:
    """Note the hashes if the cache can be written; if not, they are taken again next time."""
    partial = note.with_suffix(f".{os.getpid()}.partial")
    content = json.dumps({"stamp": stamp, "weights": hashes[0], "settings": hashes[1]})
    with contextlib.suppress(OSError):
        note.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(content, encoding="utf-8")
        partial.replace(note)


def _hash_files(files: list[Path]) -> str:
    hashes = []
    for path in files:
        with path.open("rb") as file:
            hashes.append((path.name, hashlib.file_digest(file, "sha256").hexdigest()))
    if len(hashes) == 1:
        return hashes[0][1]
    return _digest("\n".join(f"{name} {digest}" for name, digest in hashes).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
