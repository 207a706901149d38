"""Whose a store is: the project's whose files it is about, and a process's that has it open."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import (
    StoreBusy,
    StoreDamaged,
    StoreNotWritable,
    StoreOfAnotherProject,
    StoreOwned,
)
from memory.ledger.store_facts import PROJECT
from memory.ledger.store_place import acquire_in_place

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from memory.ledger.interface.database import Ledger


_LOCK, _NAME, _LEDGER = "owner.lock", "owner.txt", "memory.db"
CLAIM_PATIENCE = 0.5  # seconds; somebody may be looking whether the store is owned
LOOK_PATIENCE = 0.1  # seconds; another may be looking at the same moment
_POLL = 0.005  # seconds


class StoreOwnership:
    """A store that is owned by this process until it is released, or the process ends."""

    def __init__(self, folder: Path, lock: BaseFileLock | None = None) -> None:
        self._folder = folder
        self._lock = lock

    def release(self) -> None:
        """Others may open the store again; a second time does nothing."""
        if self._lock is not None and self._lock.is_locked:
            with suppress(OSError):
                (self._folder / _NAME).unlink()
            self._lock.release()


def claim(folder: Path, owner: str) -> StoreOwnership:
    """Own a store: other processes are refused from now on, and told who owns it.

    Args:
        folder: Where it lies.
        owner: Who we are, in words: "the engine, process 4711".

    Raises:
        StoreOwned: another process owns it.
        StoreNotWritable: the disk, or its permissions, do not let us.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, mode=0o600, thread_local=False)
    try:
        acquire_in_place(lock, timeout=CLAIM_PATIENCE, poll=_POLL)
    except Timeout as error:
        raise StoreOwned(folder, _name(folder)) from error
    except OSError as error:
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) and (folder / _LEDGER).exists():
            return StoreOwnership(folder)  # of what nobody here can write
        raise StoreNotWritable(folder, error.strerror or str(error)) from error
    with suppress(OSError):  # it is only to be told
        (folder / _NAME).touch(mode=0o600)
        (folder / _NAME).write_text(owner, "utf-8")
    return StoreOwnership(folder, lock)


def refuse_owned(folder: Path) -> None:
    """Return when no process owns the store, having looked for an instant only.

    Raises:
        StoreOwned: one does.
    """
    if not (folder / _LOCK).exists():
        return
    from filelock import FileLock, Timeout

    lock = FileLock(folder / _LOCK, mode=0o600)
    try:
        acquire_in_place(lock, timeout=LOOK_PATIENCE, poll=_POLL)
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


def ensure_belongs(ledger: Ledger, project: Path) -> None:
    """Afterwards the ledger is that of a project, which it was before or which takes it over.

    A project and its store may have been moved or copied together, so two folders count as the
    project: the one that was noted, and the one that now lies where it lay, seen from the store.
    When neither is there any more, whoever asks is the project under a new name.

    Args:
        ledger: An open one.
        project: The root of the main worktree, absolute and without links.

    Raises:
        StoreOfAnotherProject: it is the ledger of another project, which is there.
    """
    store = ledger.path.parent.resolve()
    with ledger.reading() as db:
        noted = db.facts.find(PROJECT)
    mine = json.dumps([str(project), _as_seen_from(store, project)])
    if noted == mine:
        return
    if noted is not None:
        root, seen = json.loads(noted)
        there = [one for one in (Path(root), store / seen) if _is_there(one)]
        if there and not any(_are_same(one, project) for one in there):
            raise StoreOfAnotherProject(store, there[0].resolve())
    # Where it cannot be noted now, the next one who opens it does.
    with suppress(StoreBusy, StoreNotWritable, StoreDamaged), ledger.writing() as db:
        db.facts.save(PROJECT, mine)


def _as_seen_from(store: Path, project: Path) -> str:
    """The way from the store to the project, where there is one."""
    try:
        return Path(os.path.relpath(project, store)).as_posix()
    except ValueError:  # another drive of Windows
        return str(project)


def _is_there(folder: Path) -> bool:
    """Whether it exists; what we may not look at does."""
    try:
        return folder.is_dir()
    except OSError:
        return True


def _are_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)  # upper and lower case may not matter, or a mount be another's
    except OSError:
        return False
