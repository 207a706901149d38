"""Keeps a record: in the ledger first, so that it is safe, and then in the project's file."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.amending import write_amendment
from indexer.formats.document import Document
from indexer.formats.registry import format_for
from indexer.linking import link_references
from indexer.worktrees import worktree_name
from indexer.writers.atomic_file import read_file, refusal, write_file
from indexer.writers.place import insert, target_for
from memory.errors import ArchMemError, FileNotWritable, InvalidRecord, StoreBusy
from memory.ledger.facts import UNLINKED, save_fact
from memory.ledger.files import reopen_file
from memory.ledger.memories import (
    contains_uid,
    fetch_memory,
    mark_pending,
    pending_memories,
    place_memory,
)
from memory.ledger.times import to_text
from memory.models.answer import Recorded
from memory.models.identity import uid_for
from memory.models.kinds import Kind
from memory.models.revision import Draft, Source
from memory.models.trust import trust_in, trust_of
from memory.retrieval.intake import keep_memory, keep_revision

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from indexer.formats.document import Format
    from memory.ledger.connection import Ledger

OTHER_LOG = ".claude/memory/decisions.md"  # where people without a `context` folder keep it
PATIENCE = 10.0  # seconds that an index run may keep a record from its file


def record(ledger: Ledger, root: Path, draft: Draft, author: str) -> Recorded:
    """Keep a draft in the ledger, then write it to the file where its kind belongs.

    What is kept is what an index run will read back from the file, so that the next one
    finds nothing new. The same draft has the same uid: recording it again changes nothing.

    Args:
        ledger: Where to keep it.
        root: The worktree whose file is written.
        draft: What to record; with the uid of a memory that was recorded, a revision of it.
        author: Who says so: "human:dana", "agent:payments".

    Raises:
        InvalidRecord: the draft says what its file could not hold, or revises a memory whose
            text is in a file of its own.
    """
    uid = draft.uid or uid_for(draft.kind, "recorded", draft.digest)
    path, said = _readable(root, draft, uid)
    source = Source(author=author, trust=trust_of(said, trust_in(author)))
    at = datetime.now(UTC)
    with ledger.writing() as db:
        if contains_uid(db, uid):
            stands_in = fetch_memory(db, uid).path
            if stands_in not in (None, path):
                raise InvalidRecord(f"{uid} stands in {stands_in}: edit it there.")
            is_new = keep_revision(db, uid, said, source, at)
        else:
            keep_memory(db, uid, said, source, at)
            is_new = True
        mark_pending(db, uid, is_pending=True)
        save_fact(db, UNLINKED, to_text(at))
    try:
        with ledger.indexing(wait=PATIENCE):
            pending = _write(ledger, root, path, draft, uid, said)
            link_references(ledger)
    except StoreBusy as error:
        pending = f"{error} The next index run writes it."
    return Recorded(uid=uid, is_new=is_new, path=None if pending else path, pending=pending)


def write_pending(
    ledger: Ledger,
    root: Path,
    find_format: Callable[[PurePosixPath], Format | None] = format_for,
) -> tuple[int, list[str]]:
    """Write the records and amendments whose file could not be written before.

    Returns:
        How many are in their file now, and a line for each that still is not.
    """
    problems = []
    waiting = pending_memories(ledger.db)
    for memory in waiting:
        draft = memory.revision.draft
        if memory.path is not None and (draft.uid is None or memory.path != _target(root, draft)):
            if reason := write_amendment(ledger, root, memory, find_format):
                problems.append(f"{memory.path}: {memory.uid} is not amended in it: {reason}")
            continue
        path = _target(root, draft)
        if reason := _write(ledger, root, path, draft, memory.uid, draft):
            problems.append(f"{path}: {memory.uid} is not in it yet: {reason}")
    return len(waiting) - len(problems), problems


def _write(ledger: Ledger, root: Path, path: str, draft: Draft, uid: str, kept: Draft) -> str:
    """Write one record to its file; why that was not possible, or nothing.

    The record goes on waiting where the ledger has got a newer revision than `kept`, the one
    that is written.
    """
    try:
        text = write_file(root, path, lambda text: insert(text, draft, uid))
        said = _read_back(path, text, uid)
    except (ArchMemError, OSError) as error:
        return refusal(error)
    worktree = worktree_name(root)
    with ledger.writing() as db:
        place_memory(db, uid, path, said)
        reopen_file(db, path, said.digest, worktree=worktree)
        newest = fetch_memory(db, uid).revision.draft
        mark_pending(db, uid, is_pending=newest.digest != kept.digest)
    return ""


def _readable(root: Path, draft: Draft, uid: str) -> tuple[str, Draft]:
    """The path of the file that takes a draft, and what that will be read back as.

    Raises:
        InvalidRecord: no file can hold it; nothing was kept.
    """
    if draft.kind is Kind.RUN:
        raise InvalidRecord("A run cannot be recorded: it has no file.")
    path = _target(root, draft)
    with contextlib.suppress(FileNotWritable, OSError):  # it may be put right before it is written
        text = insert(read_file(root, path), draft, uid, path)
        if "\0" not in text:
            return path, _read_back(path, text, uid)
    try:
        text = insert(None, draft, uid)
    except FileNotWritable as error:
        raise InvalidRecord(f"{path} cannot hold it: {error.reason}.") from error
    if "\0" in text:  # with it in the file, nothing in there would be read any more
        raise InvalidRecord(f"{path} cannot hold it: there is a NUL character in it.")
    return path, _read_back(path, text, uid)


def _target(root: Path, draft: Draft) -> str:
    """The file that takes a draft: for a decision the log that the project already keeps."""
    usual = target_for(draft)
    if draft.kind is Kind.DECISION and not (root / usual).exists() and (root / OTHER_LOG).exists():
        return OTHER_LOG
    return usual


def _read_back(path: str, text: str, uid: str) -> Draft:
    """The draft with this uid, as the file's own format reads it."""
    format_ = format_for(PurePosixPath(path))
    parsed = format_.parse(Document(path, text)) if format_ else None
    for draft in parsed.drafts if parsed else ():
        if draft.uid == uid:
            return draft
    raise InvalidRecord(f"{path} cannot hold this record.")
