"""What came into the ledger after a certain revision."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.memories import fetch_by_revision

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.revision import Memory


def newest_revision(db: Database) -> int:
    """The id of the revision that was kept last; 0 before the first. Ids only grow."""
    return int(db.execute("SELECT COALESCE(MAX(id), 0) FROM revisions").fetchone()[0])


def memories_revised_after(db: Database, revision_id: int) -> list[tuple[Memory, bool]]:
    """Memories whose newest revision came after one, the latest last.

    Returns:
        Each with whether its first revision came after it too, so that it is new.
    """
    sql = """
        SELECT m.newest, (SELECT MIN(r.id) FROM revisions AS r WHERE r.memory_id = m.id) > ?
        FROM memories AS m WHERE m.newest > ? ORDER BY m.newest
    """
    found = [(row[0], bool(row[1])) for row in db.execute(sql, [revision_id, revision_id])]
    memories = fetch_by_revision(db, [revision for revision, _ in found])
    return [(memories[revision], is_new) for revision, is_new in found]
