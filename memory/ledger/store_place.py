"""Keeps libraries from making the folder of a store anew that is moved away meanwhile.

Locks and Chroma make every folder on the way to their own; looking before leaves a moment between.
"""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import StoreNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from filelock import BaseFileLock


def acquire_in_place(lock: BaseFileLock, *, timeout: float, poll: float = 0.05) -> None:
    """Take a lock whose file lies directly in the folder of a store.

    Args:
        lock: The lock.
        timeout: Seconds to wait for whoever has it; 0 for not at all.
        poll: Seconds from look to look.

    Raises:
        filelock.Timeout: somebody else has it.
        StoreNotFound: the store is not there, or was moved away; nothing is left in its place.
        OSError: it cannot be made.
    """
    try:
        with only_in_place(Path(lock.lock_file)):
            lock.acquire(timeout=timeout, poll_interval=poll)
    except StoreNotFound:
        lock.release()
        raise


@contextmanager
def only_in_place(made: Path) -> Iterator[None]:
    """What is made in the block is made in the store that is there when it begins, or not at all.

    Args:
        made: The file or folder that the block makes, directly in the folder of the store.

    Raises:
        StoreNotFound: the store is not there, or was moved away; nothing is left in its place.
    """
    store = made.parent
    before = {one: _number(one) for one in made.parents}
    if before[store] is None:
        raise StoreNotFound(store)
    try:
        yield
    finally:
        is_there = _number(store) == before[store]
        if not is_there:
            _take_back(made, before)
    if not is_there:
        raise StoreNotFound(store)


def _number(folder: Path) -> int | None:
    """Which folder it is, whatever it is called; None for none."""
    try:
        return folder.stat().st_ino
    except (FileNotFoundError, NotADirectoryError):
        return None


def _take_back(made: Path, before: dict[Path, int | None]) -> None:
    """Take away what was made, and the folders around it that were not there and are empty."""
    if made.is_dir():
        shutil.rmtree(made, ignore_errors=True)
    with suppress(OSError):
        made.unlink(missing_ok=True)
        for folder, number in before.items():
            if _number(folder) == number:
                break
            folder.rmdir()
