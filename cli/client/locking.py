"""Locks that end with the process that holds them, however it ends."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from pathlib import Path


class FileLock:
    """A lock on a file, held by one process at a time; the file stays."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> bool:
        """Take the lock if nobody has it; returns whether it is held now. It never waits.

        Raises:
            OSError: the file cannot be made, or cannot be locked here.
        """
        if self._file is not None:
            return True
        # Not inheritable, as Python opens files: a program started meanwhile does not hold it.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(file)
        except (BlockingIOError, PermissionError):  # what Windows says is the second
            os.close(file)
            return False
        except OSError:
            os.close(file)
            raise
        self._file = file
        return True

    @property
    def is_in_place(self) -> bool:
        """Whether it is held, by the file that others see at its path."""
        if self._file is None:
            return False
        try:
            return os.path.samestat(os.fstat(self._file), self._path.stat())
        except OSError:
            return False

    def release(self) -> None:
        """Let others have it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock of this file; it is taken for an instant to find out."""
    if not path.exists():
        return True
    with FileLock(path) as lock:
        return lock.acquire()


def _lock(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
