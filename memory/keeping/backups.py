"""Backups of a ledger: made while it is used, proved to be sound, and put back where none is."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from memory.errors import InvalidRequest, StoreDamaged
from memory.ledger.facts import PROJECT
from memory.ledger.sqlite.connection import open_ledger
from memory.models.keeping import BackedUp, Restored

if TYPE_CHECKING:
    from memory.session import Session

FOLDER = "backups"  # within the store
KEPT = 7  # the latest
_NAME = "memory-{:%Y%m%dT%H%M%S%f}.db"


def back_up(session: Session, *, to: str, keep: int) -> BackedUp:
    """See `ArchMem.backup`."""
    folder = Path(to).expanduser() if to else session.folder / FOLDER
    folder = folder if folder.is_absolute() else session.root / folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / _NAME.format(datetime.now(UTC))
    draft = file.with_name(f".{file.name}")
    try:
        session.ledger.copy_to(draft)
        memories = _verified(draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    old = sorted(folder.glob("memory-*.db"))[:-keep] if keep else []
    for one in old:
        one.unlink(missing_ok=True)
    return BackedUp(file=str(file), memories=memories, removed=tuple(one.name for one in old))


def restore(backup: Path, ledger: Path) -> Restored:
    """Put a backup where there is no ledger, or a new one that holds nothing.

    It is copied beside its place and proved to be sound before it gets its name.

    Args:
        backup: The file.
        ledger: Where it is to be; the store's folder is there.

    Raises:
        InvalidRequest: there is no such file, or the place is not empty.
        StoreDamaged: the backup is not sound; nothing was changed.
    """
    if not backup.is_file():
        raise InvalidRequest("restore", f"there is no backup {backup}")
    if ledger.exists() and not _is_empty(ledger):
        what = f"{ledger} holds a memory; move it away first"
        raise InvalidRequest("restore", what)
    draft = ledger.with_name(f".{ledger.name}.restored")
    draft.unlink(missing_ok=True)
    source = open_ledger(backup, durable=False)
    try:
        source.copy_to(draft)
    finally:
        source.close()
    try:
        with contextlib.closing(open_ledger(draft)) as copy, copy.writing() as db:
            db.facts.remove([PROJECT])  # whoever opens it first is its project
        memories = _verified(draft)
        for suffix in ("-wal", "-shm"):
            ledger.with_name(ledger.name + suffix).unlink(missing_ok=True)
        draft.replace(ledger)
    finally:
        draft.unlink(missing_ok=True)
    return Restored(folder=str(ledger.parent), memories=memories)


def _verified(file: Path) -> int:
    """How many memories are in a copy of a ledger, all of which is as it was written.

    Raises:
        StoreDamaged: it is not.
    """
    with contextlib.closing(open_ledger(file, durable=False)) as copy:
        if damage := copy.examine():
            raise StoreDamaged(file, damage.what)
        return copy.db.memories.count_live()


def _is_empty(ledger: Path) -> bool:
    with contextlib.closing(open_ledger(ledger)) as there:
        return not there.db.changes.latest()
