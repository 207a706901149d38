"""Says of the vector index's files whether they are as they were last written.

`seal.json` names every graph file with its digest, and Chroma's database with its own once nobody
has it open any more. It is written whenever Chroma flushed, and compared before Chroma sees the
folder again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING, Any

from memory.errors import VectorIndexDamaged

if TYPE_CHECKING:
    from pathlib import Path

DATABASE = "chroma.sqlite3"
_SEAL = "seal.json"


def check_seal(folder: Path) -> bool:
    """Whether all files are known to be as they were last written.

    Returns:
        False where whoever had them open was killed: they may be, and may not.

    Raises:
        VectorIndexDamaged: one is not.
    """
    if folder.exists() and not folder.is_dir():
        raise VectorIndexDamaged(folder, "it is not a folder")
    if not folder.exists() or not any(folder.iterdir()):
        return True
    sealed = _read(folder)
    database = folder / DATABASE
    if not database.is_file() or database.stat().st_size < sealed["database_size"]:
        raise VectorIndexDamaged(folder, f"{DATABASE} is missing or cut off")
    if "files" not in sealed:  # by an archmem that went by sizes and times
        return False
    known, found = sealed["files"], _graph_files(folder)
    for name in sorted(known.keys() | found.keys()):
        digest = _digest(found[name]) if name in found else None
        if name not in known or known[name]["digest"] != digest:
            raise VectorIndexDamaged(folder, f"{name} is not as it was last written")
    digest = sealed.get("database")
    if digest and digest != _digest(database):
        raise VectorIndexDamaged(folder, f"{DATABASE} is not as it was last written")
    return bool(digest)


def write_seal(folder: Path, *, is_closed: bool = False) -> None:
    """Seal the files as they are; what has its size and time is not read again while it is open.

    Args:
        folder: Of the index.
        is_closed: Nobody writes to the database any more.
    """
    seal, database = folder / _SEAL, folder / DATABASE
    known: dict[str, Any] = {}
    with contextlib.suppress(FileNotFoundError, VectorIndexDamaged):
        known = _read(folder).get("files", {})
    said = {
        "database_size": database.stat().st_size,
        "database": _digest(database) if is_closed else "",
        "files": {
            name: _sealed(path, known.get(name)) for name, path in _graph_files(folder).items()
        },
    }
    text = json.dumps(said, indent=1)
    with contextlib.suppress(FileNotFoundError):
        if seal.read_text("utf-8") == text:
            return
    draft = seal.with_suffix(".draft")
    draft.write_text(text, "utf-8")
    draft.replace(seal)


def _sealed(path: Path, known: dict[str, Any] | None) -> dict[str, Any]:
    found = path.stat()
    stamp = [found.st_size, found.st_mtime_ns]
    if known and known["stamp"] == stamp:
        return known
    return {"stamp": stamp, "digest": _digest(path)}


def _read(folder: Path) -> dict[str, Any]:
    try:
        sealed: dict[str, Any] = json.loads((folder / _SEAL).read_text("utf-8"))
        int(sealed["database_size"])
        for one in sealed.get("files", {}).values():
            one["stamp"], one["digest"]
    except FileNotFoundError:
        raise VectorIndexDamaged(folder, f"{_SEAL} is missing") from None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise VectorIndexDamaged(folder, f"{_SEAL} is unreadable") from error
    return sealed


def _graph_files(folder: Path) -> dict[str, Path]:
    """Each HNSW file by its path in the folder."""
    return {
        path.relative_to(folder).as_posix(): path for path in folder.glob("*/*") if path.is_file()
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
