"""Refactorings that were worked out from git's history, and the commits that people name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.facts import HISTORY, find_fact
from memory.ledger.memories import memories_with_uids
from memory.ledger.selecting import is_derived
from memory.models.kinds import Kind

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.revision import Memory


def has_derived(db: Database) -> bool:
    """Whether git's history was read, so that something may have been worked out."""
    return find_fact(db, HISTORY) is not None


def derived_refactorings(db: Database) -> list[Memory]:
    """The refactorings worked out from commits, removed ones too, in the order of keeping."""
    sql = f"""
        SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.kind = ? AND m.path IS NULL AND {is_derived("r")} ORDER BY m.id
    """
    uids = [uid for (uid,) in db.execute(sql, [Kind.REFACTORING])]
    return memories_with_uids(db, uids)


def recorded_refactorings(db: Database) -> list[Memory]:
    """The refactorings that people or agents recorded and that name a commit, by uid."""
    sql = f"""
        SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.kind = ? AND r.removed = 0 AND NOT {is_derived("r")}
        AND json_array_length(r.draft, '$.details.commits') > 0 ORDER BY m.uid
    """
    uids = [uid for (uid,) in db.execute(sql, [Kind.REFACTORING])]
    return sorted(memories_with_uids(db, uids), key=lambda memory: memory.uid)
