"""Which ledgers were made or adopted here; one that came from elsewhere is not one of them.

They are kept by what the file system calls them and when it made them, in the user's state: who
brings a ledger along in a repository or an archive cannot bring that. A number alone does not tell
them apart: many file systems give that of a file that was deleted to the next one, as when git
replaces it.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from memory.config import ensure_private, state_folder
from memory.errors import StoreNotAdopted
from memory.texts.plain_file import read_beginning

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: What SQLite plays into a ledger that it opens: of a write-ahead log, of a rollback.
LOGS = ("-wal", "-journal")
_BEGINNING = b"SQLite format 3\0"
#: What may be the matter with a disk or a process once, and not the next time.
_PASSING = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ESTALE),
        *(errno.EMFILE, errno.ENFILE, errno.ENOMEM),
    }
)
_AT_FDCWD = -100
_STATX_BTIME = 0x800  # linux/stat.h, as the size of a struct statx and the places in it
_STATX_SIZE, _MASK, _BTIME = 256, slice(0, 4), slice(80, 92)


def ensure_ours(ledger: Path, is_committed: Callable[[Path], bool]) -> None:
    """Return when a ledger may be opened: where it was made or adopted here, wherever it is now.

    Args:
        ledger: The file; where it is not there, it is about to be made, and where it is no
            database, whoever opens it is told.
        is_committed: Whether a file is part of a repository, so that it may have come with it;
            asked where nothing can be remembered, as on a disk that takes no writes.

    Raises:
        StoreNotAdopted: it is from elsewhere, or was changed by a commit, or would be by the log
            that one brought.
    """
    real = ledger.resolve()
    if not real.exists():
        return
    if is_adopted(real):
        logs = [real.with_name(f"{real.name}{suffix}") for suffix in LOGS]
        is_foreign = any(log.exists() and is_committed(log) for log in logs)
    else:
        is_foreign = (_can_remember() or is_committed(real)) and _is_ledger(real)
    if is_foreign:
        raise StoreNotAdopted(ledger.parent)


def is_adopted(ledger: Path) -> bool:
    """Whether it was made or adopted here."""
    return ledger.exists() and (_known() / name_of(ledger.resolve())).exists()


def made_here(ledger: Path) -> None:
    """What was just made is this user's; where nothing can be remembered, git is asked.

    Raises:
        OSError: this time it cannot, and next time it could: it would be taken for somebody else's.
    """
    try:
        adopt(ledger)
    except OSError as error:
        if error.errno in _PASSING or _can_remember():
            raise


def adopt(ledger: Path) -> None:
    """Afterwards the ledger is one of this user's, as long as it is this very file.

    Raises:
        OSError: that cannot be remembered.
    """
    real = ledger.resolve()
    known = _known() / name_of(real)
    ensure_private(known.parent)
    known.write_text(f"{real.parent}\n", encoding="utf-8", errors="surrogateescape")


def name_of(ledger: Path) -> str:
    """A file's number and when it was made, which nobody elsewhere knows; else its folder, too.

    The device is left out where it can be: that of some file systems changes with each start.
    """
    found = ledger.stat()
    if made_at := _made_at(ledger, found):
        return f"{found.st_ino}-{made_at}"
    folder = hashlib.blake2b(os.fsencode(ledger.parent), digest_size=16).hexdigest()
    return f"{found.st_dev}-{found.st_ino}-{folder}"


def _known() -> Path:
    """The folder with a file for each of them, so that no two who adopt get in each other's way."""
    return state_folder() / "ledgers"


def _is_ledger(file: Path) -> bool:
    """Asked last, of a file that nobody here has open: closing it would end SQLite's locks."""
    with suppress(OSError):
        return read_beginning(file, len(_BEGINNING)) == _BEGINNING
    return False


def _can_remember() -> bool:
    folder = _known()
    with suppress(OSError):
        ensure_private(folder)
    return os.access(folder, os.W_OK)


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
