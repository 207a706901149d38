"""Erases what should never have been kept, from every file of the store."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.errors import ArchMemError, InvalidRequest
from memory.ledger.facts import ERASING
from memory.ledger.times import to_text
from memory.models.keeping import Forgotten, Place
from memory.retrieval.passages import derived

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from memory.session import Session

ERASED = "[erased]"
PATIENCE = 30.0  # seconds that an index run may keep us waiting
#: What beside the ledger, its log and its vectors may hold words of it.
_BESIDE = ("at", "memory.db.damaged-*", "memory.db-wal.left", ".memory.db.*", "backups/*")


def forget(session: Session, uid: str, text: str, *, yes: bool, by: str) -> Forgotten:
    """See `ArchMem.forget`."""
    if bool(uid) is bool(text):
        raise InvalidRequest("forget", "name a uid, or a text by a regular expression")
    redact = _redactor(text) if text else None
    with session.ledger.reading() as db:
        uid = db.memories.find_uid(uid) if uid else ""
        places = [
            *(_of_memory(session, uid) if redact is None else _of_words(session, redact)),
            *_beside(session.folder),
        ]
    if not yes:
        return Forgotten(places=tuple(places), left=_left(session, places))
    at = to_text(datetime.now(UTC))
    with session.ledger.indexing(wait=PATIENCE), session.ledger.writing() as db:
        if redact is None:
            db.erasing.erase_memories([uid], derived)
        else:
            db.erasing.erase_words(redact, derived)
        db.erasing.mark(uid or f"text-{at}", {"at": at, "by": by})
    left = finish(session)
    return Forgotten(places=tuple(places), erased=True, left=(*left, *_left(session, places)))


def finish(session: Session) -> tuple[str, ...]:
    """Complete what an erasure began, also one that was killed; what hinders it, in lines."""
    if session.ledger.damage or session.ledger.db.facts.find(ERASING) is None:
        return ()
    left = []
    try:
        session.shared.vectors.discard()  # made anew from the embeddings that are left
    except (ArchMemError, OSError) as error:
        left.append(f"vectors: {error}")
    for path in _files_beside(session.folder):
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except OSError as error:
            left.append(f"{path.name}: {error}")
    try:
        with session.ledger.reading() as db:
            is_whole = db.erasing.vacuum()
    except ArchMemError as error:  # no room, or another program writes
        left.append(f"memory.db: {error}")
    else:
        if not is_whole:
            left.append("memory.db: another program reads it; `archmem doctor` completes it later")
    if not left:
        with session.ledger.writing() as db:
            db.facts.remove([ERASING])
    return tuple(left)


def _redactor(text: str) -> Callable[[str], str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise InvalidRequest("forget", f"{text!r} is no regular expression: {error}") from error
    if pattern.search(""):
        raise InvalidRequest("forget", f"{text!r} fits everything")
    return lambda said: pattern.sub(ERASED, said)


def _of_memory(session: Session, uid: str) -> Iterator[Place]:
    db = session.ledger.db
    memory = db.memories.fetch(uid)
    revisions = db.memories.history(uid)
    yield Place(where="ledger", what=uid, count=len(revisions))
    yield Place(where="full text, embeddings and vectors", what=uid)
    if memory.path is not None and (session.root / memory.path).exists():
        yield Place(where="file", what=memory.citation)


def _of_words(session: Session, redact: Callable[[str], str]) -> Iterator[Place]:
    found = session.ledger.db.erasing.find_words(redact)
    for table, names in found.items():
        yield from (Place(where=f"ledger, {table}", what=name) for name in names)
    if "passages" in found or "revisions" in found:
        yield Place(where="full text, embeddings and vectors", what="made anew")
    for path in sorted({*session.ledger.db.memories.paths(), *found.get("code_facts", ())}):
        try:
            said = (session.root / path).read_text("utf-8", "replace")
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Place(where="file that cannot be read", what=f"{path}: {error.strerror}")
            continue
        for number, line in enumerate(said.splitlines(), 1):
            if redact(line) != line:
                yield Place(where="file", what=f"{path}:{number}")


def _beside(folder: Path) -> Iterator[Place]:
    for path in _files_beside(folder):
        yield Place(where="store, removed as a whole", what=path.relative_to(folder).as_posix())


def _files_beside(folder: Path) -> list[Path]:
    return sorted(path for pattern in _BESIDE for path in folder.glob(pattern))


def _left(session: Session, places: list[Place]) -> tuple[str, ...]:
    """What says it still, and is not ours to change."""
    files = [one.what for one in places if one.where == "file"]
    lines = [f"{file} says it; take it out there, or it is taken in again" for file in files]
    if (session.root / ".git").exists():
        lines.append("git's history may say it; it is not touched")
    return tuple(lines)
