"""Which agents the memory knows by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.ledger.connection import Database


def known_agents(db: Database) -> list[str]:
    """Every agent that wrote a memory which is still there, in alphabetical order."""
    sql = """
        SELECT DISTINCT r.agent FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE r.removed = 0 AND r.agent IS NOT NULL ORDER BY 1
    """
    return [agent for (agent,) in db.execute(sql)]
