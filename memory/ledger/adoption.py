"""Which ledgers this user has opened here; one that came with somebody's commit is not one of them.

They are kept by what the file system calls them, in the user's state: who brings a ledger along in
a repository cannot bring that.
"""

from __future__ import annotations

import json
import os
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
    return f"{found.st_dev}:{found.st_ino}:{ledger.parent}"


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
