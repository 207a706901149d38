"""Which agents the memory knows by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database


def known_agents(db: Database) -> list[str]:
    """Every agent that wrote a memory which is still there, in alphabetical order."""
    sql = """
        SELECT DISTINCT r.agent FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE r.removed = 0 AND r.agent IS NOT NULL ORDER BY 1
    """
    return [agent for (agent,) in db.execute(sql)]


def agents_of(db: Database, revision_ids: Iterable[int]) -> dict[int, str]:
    """The agents that wrote these revisions, by revision; those of nobody's are left out."""
    sql = """
        SELECT id, agent FROM revisions
        WHERE agent IS NOT NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id
    """
    return dict(db.execute(sql, [json.dumps(list(revision_ids))]).fetchall())
