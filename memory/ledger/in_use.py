"""Folders that are in use, which nobody removes meanwhile."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path

_LOCK = "in-use"  # a file in the folder, locked by all who use it


def keep_in_use(folder: Path, until: ExitStack) -> bool:
    """Whether a folder is there; then `remove_unused` leaves it alone as long as the stack lasts.

    It does so for other threads and processes too, and no longer than this process lives.
    """
    lock = folder / _LOCK
    try:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return False
    until.callback(os.close, opened)
    try:
        if sys.platform != "win32":
            fcntl.flock(opened, fcntl.LOCK_SH)  # waits for who removes it just now
        return os.path.samestat(os.fstat(opened), lock.stat())
    except OSError:
        return False


def remove_unused(folder: Path, on_the_way: Path) -> None:
    """Afterwards a folder is gone, unless it is in use.

    Args:
        folder: Which; all of it goes at once.
        on_the_way: Where it is while it is being removed, in the same file system.
    """
    with suppress(OSError):
        opened = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                folder.rename(on_the_way)
        finally:
            os.close(opened)
        if sys.platform == "win32":
            folder.rename(on_the_way)  # which Windows refuses while a file in it is open
        shutil.rmtree(on_the_way, ignore_errors=True)
