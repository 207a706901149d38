"""The log of changes: an ever growing number for each, given in the transaction that makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.ledger.connection import Database


def latest_change(db: Database) -> int:
    """The number of the last change that was committed; 0 before the first."""
    return int(db.execute("SELECT ifnull(max(seq), 0) FROM changes").fetchone()[0])


def changed_since(db: Database, change: int) -> list[int]:
    """The ids of the memories that were revised, removed or moved after a change."""
    sql = "SELECT DISTINCT memory_id FROM changes WHERE seq > ? AND memory_id IS NOT NULL"
    return [memory_id for (memory_id,) in db.execute(f"{sql} ORDER BY 1", [change])]
