"""Takes a memory away: its entry out of its file first, then a tombstone in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.formats.decision_records import DecisionRecords
from indexer.formats.document import Document
from indexer.reconcile import FoundDraft, plan_reconciliation
from indexer.worktrees import worktree_name
from indexer.writers.atomic_file import remove_file, write_file
from indexer.writers.removal import without_entry
from memory.errors import FileNotWritable
from memory.models.answer import Recorded
from memory.models.memory import Source, trust_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from indexer.recording import FindFormat
    from memory.ledger.interface.database import Ledger
    from memory.models.memory import Draft, Memory

PATIENCE = 10.0  # seconds that an index run may keep us waiting


def remove(
    ledger: Ledger,
    root: Path,
    uid: str,
    author: str,
    after: int | None,
    find_format: FindFormat,
) -> Recorded:
    """Take a memory away; what history says of it stays.

    Args:
        ledger: Where it is kept.
        root: The worktree whose file is written.
        uid: Of the memory.
        author: Who takes it away.
        after: The number of the revision that is meant; None for the newest.
        find_format: Which format a file has.

    Raises:
        UnknownMemory: there is none.
        ChangedMeanwhile: another revision is the newest.
        FileNotWritable: its entry cannot be taken out; nothing was changed.
        StoreBusy: an index run is at work.
    """
    with ledger.indexing(wait=PATIENCE):
        memory = ledger.db.memories.fetch(uid)
        memory.ensure_read(after)
        path = memory.path
        is_in_file = path is not None and (root / path).exists()
        if path is not None and is_in_file:
            if _is_own_record(ledger, memory, find_format):
                remove_file(root, path, lambda text: _ensure_as_written(memory, text, find_format))
            else:
                _take_out(ledger, root, uid, path, find_format)
        with ledger.writing() as db:
            source = Source(author=author, trust=trust_in(author))
            is_new = db.memories.remove(uid, source, datetime.now(UTC))
            db.memories.mark_pending(uid, is_pending=False)
            if path is not None:
                db.files.reopen(path, "", worktree=worktree_name(root))
    return Recorded(uid=uid, is_new=is_new, path=path)


def _is_own_record(ledger: Ledger, memory: Memory, find_format: FindFormat) -> bool:
    """Whether all of its file is this memory, which was recorded before any file said it."""
    format_ = find_format(PurePosixPath(memory.path or ""))
    first = ledger.db.memories.history(memory.uid)[0]
    return isinstance(format_, DecisionRecords) and first.source.content_hash is None


def _ensure_as_written(memory: Memory, text: str, find_format: FindFormat) -> None:
    """Refuse to take away what somebody has written on."""
    path = memory.path or ""
    format_ = find_format(PurePosixPath(path))
    drafts = format_.parse(Document(path, text)).drafts if format_ else ()
    if [one.digest for one in drafts] != [memory.revision.draft.digest]:
        raise FileNotWritable(path, "somebody has changed it; take the file away by hand")


def _take_out(ledger: Ledger, root: Path, uid: str, path: str, find_format: FindFormat) -> None:
    format_ = find_format(PurePosixPath(path))
    if format_ is None:
        raise FileNotWritable(path, "nobody can tell its entries apart")
    known = ledger.db.memories.in_files([path])

    def find(drafts: Sequence[Draft]) -> int | None:
        plan = plan_reconciliation([FoundDraft(path, draft) for draft in drafts], known)
        match = next((one.found.draft for one in plan.matched if one.memory.uid == uid), None)
        return next((n for n, draft in enumerate(drafts) if draft is match), None)

    def change(text: str | None) -> str:
        if text is None:
            raise FileNotWritable(path, "it is not there")
        return without_entry(path, format_, text, find)

    write_file(root, path, change)
