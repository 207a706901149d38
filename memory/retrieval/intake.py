"""Keeps revisions together with the passages that search finds them by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.fulltext import save_text
from memory.ledger.links import save_references
from memory.ledger.memories import save_memory, save_revision
from memory.ledger.passages import save_passages
from memory.retrieval.passages import cut_passages

if TYPE_CHECKING:
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.revision import Draft, Source


def keep_memory(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> None:
    """Add a memory, its references and its passages; the caller holds the transaction."""
    revision_id = save_memory(db, uid, draft, source, at)
    _derive(db, revision_id, draft)


def keep_revision(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> bool:
    """Add a revision with its references and passages; the caller holds the transaction.

    Returns:
        False when the newest revision says the same already; then only its place is updated.

    Raises:
        UnknownMemory: there is no such memory.
    """
    revision_id = save_revision(db, uid, draft, source, at)
    if revision_id is None:
        return False
    _derive(db, revision_id, draft)
    return True


def _derive(db: Database, revision_id: int, draft: Draft) -> None:
    save_text(db, revision_id, draft.title, draft.body)
    save_references(db, revision_id, draft.references)
    save_passages(db, revision_id, cut_passages(draft))
