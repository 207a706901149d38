"""Keeps compiled models in the user's cache: one folder each, complete or absent."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from memory.retrieval.embedding.embedder import Precision

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.retrieval.embedding.catalog import Fingerprint, ModelSource

MODEL, TOKENIZER = "model.onnx", "tokenizer.json"
_MANIFEST, _REFUSAL = "manifest.json", "refused.json"


class Parity(BaseModel):
    """How near a model's vectors come to those it was compiled from, over the probe texts."""

    model_config = ConfigDict(frozen=True)
    max_difference: float  # the greatest between two floats
    mean_cosine: float
    min_cosine: float


class Manifest(BaseModel):
    """What a compiled model is, where it came from and how well it was checked."""

    model_config = ConfigDict(frozen=True)
    format: Literal[1] = 1  # another number: compiled by another archmem, so compiled anew
    model_id: str
    precision: Precision
    dimension: int
    max_tokens: int
    inputs: tuple[str, ...]  # "input_ids", "attention_mask", perhaps "token_type_ids"
    query_prompt: str
    document_prompt: str
    source: str  # the folder it was compiled from
    weights: str  # sha256
    settings: str  # sha256
    versions: dict[str, str]  # of the libraries that compiled it
    parity: Parity | None = None  # None where it was written from its files, not by torch
    files: dict[str, int] = {}  # name -> bytes; none until it is complete


class Refusal(BaseModel):
    """Why a model was not compiled, and with which libraries that is worth no second try."""

    model_config = ConfigDict(frozen=True)
    reason: str
    versions: dict[str, str]


def cache_folder() -> Path:
    """Where this user keeps compiled models; `ARCHMEM_CACHE` moves it."""
    if moved := os.environ.get("ARCHMEM_CACHE"):
        return Path(moved).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("archmem")


def model_folder(cache: Path, model_id: str) -> Path:
    """The folder of one compiled model, which need not exist."""
    return cache / "models" / model_id.replace("/", "-")


def find_shipped(source: ModelSource) -> Manifest | None:
    """The manifest of a model that came compiled with archmem.

    Nothing that is ready in another folder, as a project's settings may name one, is believed: what
    it computes need not come of its weights, and it would call itself what it likes.
    """
    return find_compiled(source.folder) if source.is_shipped else None


def find_compiled(folder: Path, known_as: Fingerprint | None = None) -> Manifest | None:
    """The manifest of a complete model; None if it is absent, damaged or outdated.

    Args:
        folder: Where it lies.
        known_as: What it was compiled from; the name of its folder says only a part of that.
    """
    try:
        manifest = Manifest.model_validate_json((folder / _MANIFEST).read_bytes())
        sizes = {name: (folder / name).stat().st_size for name in (MODEL, TOKENIZER)}
    except (OSError, ValidationError):
        return None
    of = (manifest.weights, manifest.settings)
    if known_as and of != (known_as.weights, known_as.settings):
        return None
    return manifest if sizes == manifest.files else None


def find_refusal(folder: Path) -> Refusal | None:
    """Why this model was refused when it was last tried, if it was."""
    try:
        return Refusal.model_validate_json((folder / _REFUSAL).read_bytes())
    except (OSError, ValidationError):
        return None


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """A scratch folder that takes the place of `folder` when the block ends well.

    Until then, and if it fails, `folder` stays as it was. The caller holds the lock.
    """
    scratch, old = folder.with_name(f"{folder.name}.new"), folder.with_name(f"{folder.name}.old")
    for leftover in (scratch, old):  # of a process that was killed
        shutil.rmtree(leftover, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        yield scratch
        if folder.exists():
            folder.replace(old)  # a folder cannot be renamed over one that has files
        scratch.replace(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def write_manifest(folder: Path, manifest: Manifest, parity: Parity | None) -> Manifest:
    """Declare the model in a folder complete, and how it was checked."""
    files = {name: (folder / name).stat().st_size for name in (MODEL, TOKENIZER)}
    complete = manifest.model_copy(update={"parity": parity, "files": files})
    (folder / _MANIFEST).write_text(complete.model_dump_json(indent=2), encoding="utf-8")
    return complete


def write_refusal(folder: Path, refusal: Refusal) -> None:
    """Remember in a folder that its model cannot be compiled."""
    (folder / _REFUSAL).write_text(refusal.model_dump_json(indent=2), encoding="utf-8")
