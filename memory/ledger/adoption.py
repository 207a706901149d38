"""Which ledgers this user has opened here; one that came with somebody's commit is not one of them.

They are kept by what the file system calls them and when it made them, in the user's state: who
brings a ledger along in a repository cannot bring that. A number alone does not tell them apart:
many file systems give that of a file that was deleted to the next one, as when git replaces it.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.config import state_folder
from memory.errors import StoreNotAdopted

if TYPE_CHECKING:
    from collections.abc import Callable

_FILE = "ledgers.json"
_MOST = 2_000  # ledgers that are remembered, the latest
_AT_FDCWD = -100
_STATX_BTIME = 0x800  # linux/stat.h, as the size of a struct statx and the places in it
_STATX_SIZE, _MASK, _BTIME = 256, slice(0, 4), slice(80, 92)


def ensure_ours(ledger: Path, is_committed: Callable[[Path], bool]) -> None:
    """Return when a ledger may be opened; one that nobody committed may, and is remembered.

    Args:
        ledger: The file; where it is not there, it is about to be made.
        is_committed: Whether a file is part of a repository, so that it may have come with it.

    Raises:
        StoreNotAdopted: it came with a repository, or was changed by one.
    """
    real = ledger.resolve()
    if not real.exists() or _name(real) in _known():
        return
    if is_committed(real):
        raise StoreNotAdopted(ledger.parent)
    adopt(ledger)


def adopt(ledger: Path) -> None:
    """Afterwards the ledger is one of this user's, as long as it is this very file."""
    known = _known()
    name = _name(ledger.resolve())
    known.pop(name, None)
    known[name] = str(ledger.parent.resolve())
    with suppress(OSError):  # then git is asked again
        _write(dict(list(known.items())[-_MOST:]))


def _name(ledger: Path) -> str:
    found = ledger.stat()
    return f"{found.st_dev}:{found.st_ino}:{_made_at(ledger, found)}:{ledger.parent}"


def _made_at(file: Path, found: os.stat_result) -> str:
    """When a file was made, as its system says it; "" where it does not.

    It is not opened for that: closing it again would end the locks that SQLite has on it.
    """
    if sys.platform != "linux":
        return str(getattr(found, "st_birthtime", ""))
    said = ctypes.create_string_buffer(_STATX_SIZE)
    try:
        statx = ctypes.CDLL(None).statx
    except (OSError, AttributeError):  # a library of before 2018
        return ""
    failed = statx(_AT_FDCWD, os.fsencode(file), 0, ctypes.c_uint(_STATX_BTIME), said)
    if failed or not int.from_bytes(said.raw[_MASK], sys.byteorder) & _STATX_BTIME:
        return ""
    return said.raw[_BTIME].hex()


def _known() -> dict[str, str]:
    try:
        said = json.loads((state_folder() / _FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _write(known: dict[str, str]) -> None:
    folder = state_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=f".{_FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(known, file, indent=1)
    Path(draft).replace(folder / _FILE)
