"""Who owns a store: a long-lived process that answers for all others while it has it open."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from memory.errors import StoreNotWritable, StoreOwned

if TYPE_CHECKING:
    from pathlib import Path

    from filelock import BaseFileLock

_LOCK, _NAME = "owner.lock", "owner.txt"
CLAIM_PATIENCE = 0.5  # seconds; somebody may be looking whether the store is owned
LOOK_PATIENCE = 0.1  # seconds; another may be looking at the same moment
_POLL = 0.005  # seconds


class Claim:
    """A store that is owned by this process until it is released, or the process ends."""

    def __init__(self, folder: Path, lock: BaseFileLock) -> None:
        self._folder = folder
        self._lock = lock

    def release(self) -> None:
        """Others may open the store again; a second time does nothing."""
        if self._lock.is_locked:
            with suppress(OSError):
                (self._folder / _NAME).unlink()
            self._lock.release()


def claim(folder: Path, owner: str) -> Claim:
    """Own a store: other processes are refused from now on, and told who owns it.

    Args:
        folder: Where it lies.
        owner: Who we are, in words: "the engine, process 4711".

    Raises:
        StoreOwned: another process owns it.
        StoreNotWritable: the disk, or its permissions, do not let us.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, thread_local=False)
    try:
        lock.acquire(timeout=CLAIM_PATIENCE, poll_interval=_POLL)
    except Timeout as error:
        raise StoreOwned(folder, _name(folder)) from error
    except OSError as error:
        raise StoreNotWritable(folder, error.strerror or str(error)) from error
    with suppress(OSError):  # it is only to be told
        (folder / _NAME).write_text(owner, "utf-8")
    return Claim(folder, lock)


def refuse_owned(folder: Path) -> None:
    """Return when no process owns the store, having looked for an instant only.

    Raises:
        StoreOwned: one does.
    """
    if not (folder / _LOCK).exists():
        return
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK)
    try:
        lock.acquire(timeout=LOOK_PATIENCE, poll_interval=_POLL)
    except Timeout as error:
        raise StoreOwned(folder, _name(folder)) from error
    except OSError:  # out of reach; whoever needs the ledger is told why
        return
    lock.release()


def _name(folder: Path) -> str:
    try:
        return (folder / _NAME).read_text("utf-8").strip() or "another process"
    except (OSError, UnicodeDecodeError):
        return "another process"
