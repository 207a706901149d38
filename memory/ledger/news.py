"""What came into the ledger since a certain revision was the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.ledger.times import from_text

if TYPE_CHECKING:
    from datetime import datetime

    from memory.ledger.connection import Database

What = Literal["added", "revised", "removed"]


def newest_revision(db: Database) -> int:
    """The id of the revision that was kept last; 0 before the first. Ids only grow."""
    return int(db.execute("SELECT COALESCE(MAX(id), 0) FROM revisions").fetchone()[0])


class Difference(NamedTuple):
    """A memory that does not say, or is not, what it was."""

    uid: str
    revision_id: int  # of its newest revision
    what: What


def differences_since(db: Database, revision_id: int) -> list[Difference]:
    """The memories that differ from what they were at a revision, the latest change first.

    What came and went since then, and what says again what it said then, is no difference.
    """
    sql = """
        SELECT m.uid, now.id, now.removed, was.id IS NOT NULL AND NOT was.removed,
            now.digest = was.digest
        FROM memories AS m JOIN revisions AS now ON now.id = m.newest
        LEFT JOIN revisions AS was ON was.id = (
            SELECT max(id) FROM revisions WHERE memory_id = m.id AND id <= :mark
        )
        WHERE m.newest > :mark ORDER BY m.newest DESC
    """
    found = db.execute(sql, {"mark": revision_id}).fetchall()
    return [
        Difference(uid, newest, what)
        for uid, newest, *said in found
        if (what := _what(*map(bool, said))) is not None
    ]


def _what(is_removed: bool, was_there: bool, says_the_same: bool) -> What | None:
    if not was_there:
        return None if is_removed else "added"
    if is_removed:
        return "removed"
    return None if says_the_same else "revised"


def recorded_at(db: Database, revision_id: int) -> datetime | None:
    """When a revision was kept; None where there is none."""
    row = db.execute("SELECT recorded_at FROM revisions WHERE id = ?", [revision_id]).fetchone()
    return from_text(row[0]) if row else None


def was_recorded_after(db: Database, revision_id: int) -> bool:
    """Whether somebody, and not only the indexer, recorded something after a revision."""
    sql = """
        SELECT 1 FROM revisions WHERE id > ? AND json_extract(source, '$.author') != 'indexer'
        LIMIT 1
    """
    return db.execute(sql, [revision_id]).fetchone() is not None
