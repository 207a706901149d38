"""Erases what should never have been kept, from every file of the store."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.credentials.gate import gate_of
from memory.errors import ArchMemError, InvalidRequest
from memory.keeping.words import Learning, of_credentials, of_pattern
from memory.ledger.store_facts import ERASING
from memory.ledger.times import to_text
from memory.models.keeping import Forgotten, StoredPlace
from memory.retrieval.passages import derived
from memory.texts.plain_file import read_plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from memory.keeping.words import Words
    from memory.session import Session

LARGEST = 1 << 28  # bytes of a file of the project that is looked through
PATIENCE = 30.0  # seconds that an index run may keep us waiting
#: What beside the ledger, its log and its vectors may hold words of it.
_BESIDE = ("at", "memory.db.damaged-*", "memory.db-wal.left", ".memory.db.*", "backups/*")


def forget(
    session: Session, uid: str, text: str, *, credentials: bool, yes: bool, by: str
) -> Forgotten:
    """See `ArchMem.forget`."""
    if [bool(uid), bool(text), credentials].count(True) != 1:
        what = "name a uid, or a text by a regular expression, or what looks like a credential"
        raise InvalidRequest("forget", what)
    words = of_pattern(text) if text else None
    if credentials:
        words = of_credentials(gate_of(session.ledger))
    with session.ledger.reading() as db:
        uid = db.memories.find_uid(uid) if uid else ""
        found = [*(_of_memory(session, uid) if words is None else _of_words(session, words))]
        places = [*found, *(_beside(session.folder) if found or not credentials else ())]
    still = _left(session, places, is_kept_out=credentials)
    if not yes or (credentials and not found):
        return Forgotten(places=tuple(places), left=still)
    at = to_text(datetime.now(UTC))
    with session.ledger.indexing(wait=PATIENCE), session.ledger.writing() as db:
        if words is None:
            db.erasing.erase_memories([uid], derived)
        else:
            db.erasing.erase_words(words, derived)
        what = "credentials" if credentials else "text"
        db.erasing.mark(uid or f"{what}-{at}", {"at": at, "by": by})
    left = finish(session)
    return Forgotten(places=tuple(places), erased=True, left=(*left, *still))


def finish(session: Session) -> tuple[str, ...]:
    """Complete what an erasure began, also one that was killed; what hinders it, in lines."""
    if session.ledger.damage:
        return ()
    with session.ledger.reading() as db:
        if db.facts.find(ERASING) is None:
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


def _of_memory(session: Session, uid: str) -> Iterator[StoredPlace]:
    db = session.ledger.db
    memory = db.memories.fetch(uid)
    revisions = db.memories.history(uid)
    yield StoredPlace(where="ledger", what=uid, count=len(revisions))
    yield StoredPlace(where="full text, embeddings and vectors", what=uid)
    if memory.path is not None and (session.root / memory.path).exists():
        yield StoredPlace(where="file", what=memory.citation)


def _of_words(session: Session, words: Words) -> Iterator[StoredPlace]:
    db = session.ledger.db
    db.erasing.find_words(Learning(words))
    found = db.erasing.find_words(words)
    for table, names in found.items():
        yield from (StoredPlace(where=f"ledger, {table}", what=name) for name in names)
    if "passages" in found or "revisions" in found:
        yield StoredPlace(where="full text, embeddings and vectors", what="made anew")
    for path in sorted({*db.memories.paths(), *found.get("code_facts", ())}):
        try:
            said = read_plain_text(session.root / path, LARGEST, errors="replace")
        except FileNotFoundError:
            continue
        except OSError as error:
            yield StoredPlace(where="file that cannot be read", what=f"{path}: {error.strerror}")
            continue
        for number in _lines_with(said, words):
            yield StoredPlace(where="file", what=f"{path}:{number}")


def _lines_with(text: str, words: Words) -> Iterator[int]:
    """The numbers of the lines that hold words, also a part of some that go on over several."""
    lines = text.splitlines()
    without = words("\n".join(lines)).split("\n")
    is_even = len(without) == len(lines)
    for number, line in enumerate(lines, 1):
        if (is_even and without[number - 1] != line) or words(line) != line:
            yield number


def _beside(folder: Path) -> Iterator[StoredPlace]:
    for path in _files_beside(folder):
        yield StoredPlace(
            where="store, removed as a whole", what=path.relative_to(folder).as_posix()
        )


def _files_beside(folder: Path) -> list[Path]:
    return sorted(path for pattern in _BESIDE for path in folder.glob(pattern))


def _left(session: Session, places: list[StoredPlace], *, is_kept_out: bool) -> tuple[str, ...]:
    """What says it still, and is not ours to change.

    Args:
        session: Of the project.
        places: Where it was found.
        is_kept_out: An index run would not take it in again.
    """
    files = [one.what for one in places if one.where == "file"]
    again = "" if is_kept_out else ", or it is taken in again"
    lines = [f"{file} says it; take it out there{again}" for file in files]
    if places and (session.root / ".git").exists():
        lines.append("git's history may say it; it is not touched")
    return tuple(lines)
