"""Backups of a ledger: made while it is used, proved to be sound, and put back where none is."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from memory.credentials.gate import kept_gate
from memory.errors import InvalidRequest, StoreDamaged, StoreNotWritable
from memory.keeping.screening import screen
from memory.ledger.ownership import claim
from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.sqlite.ledger_file import discard, new_draft, put_in_place_of, sweep
from memory.ledger.store_facts import BACKUPS, PROJECT
from memory.ledger.times import from_text, to_text
from memory.models.keeping import BackedUp, Restored
from memory.texts.plain_file import copy_plain

if TYPE_CHECKING:
    from memory.session import Session

FOLDER = "backups"  # within the store
KEPT = 7  # the latest
_MOMENT = "{:%Y%m%dT%H%M%S%f}"


def back_up(session: Session, *, to: str, keep: int) -> BackedUp:
    """See `ArchMem.backup`."""
    folder = Path(to).expanduser() if to else session.folder / FOLDER
    folder = folder if folder.is_absolute() else session.root / folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreNotWritable(folder, error.strerror or str(error)) from error
    begin = f"memory-{_name(session.folder)}-" if to else "memory-"
    file = folder / f"{begin}{_MOMENT.format(datetime.now(UTC))}.db"
    sweep(folder)
    draft = new_draft(file)
    try:
        session.ledger.copy_to(draft)
        memories = _verified(draft)
        with draft.open("rb+") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    finally:
        discard(draft)
    alike = [
        one for one in folder.iterdir() if re.fullmatch(rf"{begin}\d{{8}}T\d{{12}}\.db", one.name)
    ]
    old = sorted(alike)[:-keep] if keep else []
    for one in old:
        one.unlink(missing_ok=True)
    return BackedUp(file=str(file), memories=memories, removed=tuple(one.name for one in old))


def keep_rhythm(session: Session, *, every: int, to: str, keep: int) -> None:
    """Note that a backup was made, and is to be made every so many hours; 0 for no more."""
    last = to_text(datetime.now(UTC))
    with session.ledger.writing() as db:
        if every:
            said = {"every": every, "to": to, "keep": keep, "last": last}
            db.facts.save(BACKUPS, json.dumps(said))
        else:
            db.facts.remove([BACKUPS])


def back_up_when_due(session: Session, now: datetime) -> BackedUp | None:
    """Make the backup that is wanted by now, if one is."""
    with session.ledger.reading() as db:
        said = json.loads(db.facts.find(BACKUPS) or "{}")
    if not said or now < from_text(said["last"]) + timedelta(hours=said["every"]):
        return None
    made = back_up(session, to=said["to"], keep=said["keep"])
    keep_rhythm(session, every=said["every"], to=said["to"], keep=said["keep"])
    return made


def restore(backup: Path, ledger: Path) -> Restored:
    """Put a backup where there is no ledger, or a new one that holds nothing.

    It is copied beside its place and proved to be sound before it gets its name.

    Args:
        backup: The file.
        ledger: Where it is to be; the store's folder is there.

    Raises:
        InvalidRequest: there is no such file, or the place is not empty.
        StoreOwned: an engine has the place open.
        StoreDamaged: the backup is not sound; nothing was changed.
    """
    if not backup.is_file():
        raise InvalidRequest("restore", f"there is no backup {backup}")
    _ensure_empty(ledger)
    ownership = claim(ledger.parent, f"`archmem restore`, process {os.getpid()}")
    draft = new_draft(ledger)
    try:
        for suffix in ("", "-wal"):  # never opened itself: that writes to it, and beside it
            with contextlib.suppress(FileNotFoundError):
                copy_plain(f"{backup}{suffix}", Path(f"{draft}{suffix}"))
        draft.chmod(0o600)
        with contextlib.closing(open_ledger(draft)) as copy, copy.writing() as db:
            db.facts.remove([PROJECT])  # whoever opens it first is its project
            withheld = screen(db, kept_gate(db))
        with contextlib.closing(open_ledger(draft)) as copy:
            if withheld:
                with copy.reading() as db:
                    db.erasing.vacuum()
        memories = _verified(draft)
        with copy.alone():  # whoever had the empty one open may have written meanwhile
            _ensure_empty(ledger)
            put_in_place_of(draft, ledger)
    finally:
        discard(draft)
        ownership.release()
    return Restored(folder=str(ledger.parent), memories=memories, withheld=withheld)


def _name(store: Path) -> str:
    """Tells the backups of projects apart that are kept in one folder."""
    return hashlib.blake2b(os.fsencode(store.resolve()), digest_size=4).hexdigest()


def _verified(file: Path) -> int:
    """How many memories are in a copy of a ledger, all of which is as it was written.

    Raises:
        StoreDamaged: it is not.
    """
    with contextlib.closing(open_ledger(file, durable=False)) as copy:
        if damage := copy.examine():
            raise StoreDamaged(file, damage.what)
        with copy.reading() as db:
            return db.memories.count_live()


def _ensure_empty(ledger: Path) -> None:
    if not ledger.exists():
        return
    with contextlib.closing(open_ledger(ledger)) as there, there.reading() as db:
        if db.changes.latest():
            what = f"{ledger} holds a memory; move it away first"
            raise InvalidRequest("restore", what)
