"""Keeps a revision of a memory and writes it where its text stands, whoever wrote that."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from indexer.formats.registry import format_for
from indexer.linking import link_references
from indexer.reconcile import Found, plan_reconciliation
from indexer.worktrees import worktree_name
from indexer.writers.amend import Amended, Wanted, amend_text
from indexer.writers.atomic_file import read_file, refusal, write_file
from memory.errors import (
    ArchMemError,
    ChangedMeanwhile,
    FileNotWritable,
    InvalidRecord,
    StoreBusy,
)
from memory.ledger.facts import UNLINKED, save_fact
from memory.ledger.files import reopen_file
from memory.ledger.memories import (
    fetch_history,
    fetch_memory,
    mark_pending,
    memories_in_files,
    place_memory,
)
from memory.ledger.times import to_text
from memory.models.answer import Recorded
from memory.models.kinds import Kind, Trust
from memory.models.revision import Source
from memory.retrieval.intake import keep_revision

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from indexer.formats.document import Format
    from memory.ledger.connection import Ledger
    from memory.models.revision import Draft, Memory

PATIENCE = 10.0  # seconds that an index run may keep an amendment from its file


def amend(
    ledger: Ledger,
    root: Path,
    uid: str,
    draft: Draft,
    author: str,
    after: int | None = None,
    find_format: Callable[[PurePosixPath], Format | None] = format_for,
) -> Recorded:
    """Keep a revision of a memory and write it where its text stands.

    As with `record`, it is kept first, as the next index run will read it from the file, and
    waits there if the file cannot be written now. It has the trust of the text that it changes,
    as whoever clones the project will have it.

    Args:
        ledger: Where to keep it.
        root: The worktree whose file is written.
        uid: Of the memory.
        draft: What it is to say: its newest revision with some fields changed.
        author: Who says so.
        after: The number of the revision that the draft was made from; None for the newest.
        find_format: Which format a file has.

    Raises:
        UnknownMemory: there is none.
        ChangedMeanwhile: that is not its newest revision; nothing was kept.
        FileNotWritable: its file cannot say this; nothing was kept.
        InvalidRecord: it has no file, and is nothing that lives in the ledger alone.
    """
    memory = fetch_memory(ledger.db, uid)
    if after is None:
        after = memory.revision.number
    _ensure_newest(memory, after)
    if memory.path is None:
        return _without_file(ledger, memory, draft, author)
    waits = memory.pending_file
    wanted = Wanted(uid, draft, _known(ledger, uid), waits)
    amending = _Amending(ledger, memory, find_format)
    try:
        said = amending.of(read_file(root, memory.path), wanted).said
    except FileNotWritable as error:
        error.hint = "Nothing was changed."
        raise
    at = datetime.now(UTC)
    trust = memory.revision.source.trust
    source = Source(author=author, trust=trust, path=memory.path, lines=said.lines)
    with ledger.writing() as db:
        _ensure_newest(fetch_memory(db, uid), after)
        is_new = keep_revision(db, uid, said, source, at)
        mark_pending(db, uid, is_pending=True)
        save_fact(db, UNLINKED, to_text(at))
    try:
        with ledger.indexing(wait=PATIENCE):
            pending = _write(ledger, root, amending, wanted, said)
            link_references(ledger)
    except StoreBusy as error:
        pending = f"{error} The next index run writes it."
    path = None if pending else memory.path
    return Recorded(uid=uid, is_new=is_new, path=path, pending=pending)


def write_amendment(
    ledger: Ledger,
    root: Path,
    memory: Memory,
    find_format: Callable[[PurePosixPath], Format | None] = format_for,
) -> str:
    """Write the newest revision of a memory where its text stands; why not, or nothing.

    Where somebody changed the same words meanwhile, theirs count, and the index run that reads
    them makes a revision of them.
    """
    known = _known(ledger, memory.uid)
    wanted = Wanted(memory.uid, memory.revision.draft, known, waits=True)
    amending = _Amending(ledger, memory, find_format)
    try:
        amending.of(read_file(root, memory.path or ""), wanted)
    except (FileNotWritable, OSError) as error:
        with ledger.writing() as db:
            mark_pending(db, memory.uid, is_pending=False)
        return f"{error} What the file says counts."
    return _write(ledger, root, amending, wanted, memory.revision.draft)


class _Amending(NamedTuple):
    """How one memory's entry is found in its file and changed."""

    ledger: Ledger
    memory: Memory
    find_format: Callable[[PurePosixPath], Format | None]

    @property
    def path(self) -> str:
        return self.memory.path or ""

    def of(self, text: str | None, wanted: Wanted) -> Amended:
        format_ = self.find_format(PurePosixPath(self.path))
        if text is None or format_ is None:
            raise FileNotWritable(self.path, "it is not there")
        known = memories_in_files(self.ledger.db, [self.path])

        def find(drafts: Sequence[Draft]) -> int | None:
            return _place_of(wanted.uid, drafts, known, self.path)

        return amend_text(self.path, format_, text, wanted, find)


def _place_of(uid: str, drafts: Sequence[Draft], known: Sequence[Memory], path: str) -> int | None:
    """Which of a file's drafts an index run would take a memory to be."""
    found = [Found(path, draft) for draft in drafts]
    plan = plan_reconciliation(found, known)
    match = next((one for one in plan.matched if one.memory.uid == uid), None)
    if match is None:
        return None
    return next(n for n, draft in enumerate(drafts) if draft is match.found.draft)


def _write(ledger: Ledger, root: Path, amending: _Amending, wanted: Wanted, kept: Draft) -> str:
    """Write an amendment to its file; why that was not possible, or nothing."""
    latest = [kept]

    def change(text: str | None) -> str:
        amended = amending.of(text, wanted)
        latest[0] = amended.said
        return amended.text

    try:
        write_file(root, amending.path, change)
    except (ArchMemError, OSError) as error:
        return refusal(error)
    worktree = worktree_name(root)
    with ledger.writing() as db:
        place_memory(db, wanted.uid, amending.path, latest[0])
        reopen_file(db, amending.path, latest[0].digest, worktree=worktree)
        newest = fetch_memory(db, wanted.uid).revision.draft
        mark_pending(db, wanted.uid, is_pending=newest.digest != kept.digest)
    return ""


def _without_file(ledger: Ledger, memory: Memory, draft: Draft, author: str) -> Recorded:
    """Keep a revision of what lives in the ledger alone."""
    if memory.pending_file:
        raise InvalidRecord(f"{memory.uid} waits to be written to its file; run `archmem index`.")
    if memory.kind is not Kind.RUN:
        raise InvalidRecord(
            f"{memory.uid} is worked out from git's history, which says what it is."
        )
    trust = Trust.AGENT if author.startswith("agent:") else Trust.TEAM
    at = datetime.now(UTC)
    with ledger.writing() as db:
        _ensure_newest(fetch_memory(db, memory.uid), memory.revision.number)
        is_new = keep_revision(db, memory.uid, draft, Source(author=author, trust=trust), at)
        save_fact(db, UNLINKED, to_text(at))
    try:
        with ledger.indexing(wait=PATIENCE):
            link_references(ledger)
    except StoreBusy:
        pass  # whoever is indexing looks them up
    return Recorded(uid=memory.uid, is_new=is_new, path=None)


def _ensure_newest(memory: Memory, number: int) -> None:
    """Refuse to revise what says something else by now."""
    if memory.revision.number != number:
        raise ChangedMeanwhile(memory.uid)


def _known(ledger: Ledger, uid: str) -> list[Draft]:
    return [revision.draft for revision in fetch_history(ledger.db, uid)]
