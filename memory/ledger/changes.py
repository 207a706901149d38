"""The log of changes: an ever growing number for each, given in the transaction that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.ledger.times import from_text

if TYPE_CHECKING:
    from datetime import datetime

    from memory.ledger.connection import Database

What = Literal["added", "revised", "removed"]


class Difference(NamedTuple):
    """A memory that does not say, or is not, what it was."""

    uid: str
    revision_id: int  # of its newest revision
    what: What


def latest_change(db: Database) -> int:
    """The number of the last change that was committed; 0 before the first."""
    return int(db.execute("SELECT ifnull(max(seq), 0) FROM changes").fetchone()[0])


def changed_since(db: Database, change: int) -> list[int]:
    """The ids of the memories that were revised, removed or moved after a change."""
    sql = "SELECT DISTINCT memory_id FROM changes WHERE seq > ? AND memory_id IS NOT NULL"
    return [memory_id for (memory_id,) in db.execute(f"{sql} ORDER BY 1", [change])]


def revised_since(db: Database, change: int) -> list[str]:
    """The memories that are there and were revised after a change, by uid."""
    sql = """
        SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE NOT r.removed AND m.id IN (
            SELECT memory_id FROM changes WHERE seq > ? AND what = 'said'
        ) ORDER BY m.uid
    """
    return [uid for (uid,) in db.execute(sql, [change])]


def differences_since(db: Database, change: int) -> list[Difference]:
    """The memories that differ from what they were at a change, the latest change first.

    What came and went since then, and what says again what it said then, is no difference.
    """
    sql = """
        SELECT m.uid, now.id, now.removed, was.id IS NOT NULL AND NOT was.removed,
            now.digest = was.digest
        FROM memories AS m JOIN revisions AS now ON now.id = m.newest
        LEFT JOIN revisions AS was ON was.id = (
            SELECT revision_id FROM changes
            WHERE memory_id = m.id AND seq <= :change AND what = 'said'
            ORDER BY seq DESC LIMIT 1
        )
        WHERE m.id IN (SELECT memory_id FROM changes WHERE seq > :change AND what = 'said')
        ORDER BY m.newest DESC
    """
    found = db.execute(sql, {"change": change}).fetchall()
    return [
        Difference(uid, newest, what)
        for uid, newest, *said in found
        if (what := _what(*map(bool, said))) is not None
    ]


def recorded_at(db: Database, change: int) -> datetime | None:
    """When the last revision up to a change was kept; None where there is none."""
    sql = """
        SELECT r.recorded_at FROM changes AS c JOIN revisions AS r ON r.id = c.revision_id
        WHERE c.seq <= ? ORDER BY c.seq DESC LIMIT 1
    """
    row = db.execute(sql, [change]).fetchone()
    return from_text(row[0]) if row else None


def was_recorded_after(db: Database, change: int) -> bool:
    """Whether somebody, and not only the indexer, recorded something after a change."""
    sql = """
        SELECT 1 FROM changes AS c JOIN revisions AS r ON r.id = c.revision_id
        WHERE c.seq > ? AND json_extract(r.source, '$.author') != 'indexer' LIMIT 1
    """
    return db.execute(sql, [change]).fetchone() is not None


def _what(is_removed: bool, was_there: bool, says_the_same: bool) -> What | None:
    if not was_there:
        return None if is_removed else "added"
    if is_removed:
        return "removed"
    return None if says_the_same else "revised"
