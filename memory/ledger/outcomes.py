"""Finished runs as rows, without the cost of whole memories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import seen_through

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.selection import Lens


class FinishedRun(NamedTuple):
    """A run that is over, as far as it takes to tell what it was about."""

    uid: str
    opened_as: int  # id of its first revision, which says the task and hardly more
    task: str
    modules: tuple[str, ...]


def finished_runs(db: Database, lens: Lens) -> list[FinishedRun]:
    """The runs that the lens shows as done or failed, in the order of uids."""
    if db.execute("SELECT 1 FROM memories WHERE kind = 'run' LIMIT 1").fetchone() is None:
        return []
    seen, values = seen_through(lens)
    sql = f"""
        SELECT m.uid, f.id, json_extract(s.draft, '$.details.task', '$.modules')
        FROM memories AS m JOIN ({seen}) AS s ON s.memory_id = m.id
        JOIN revisions AS f ON f.memory_id = m.id AND f.number = 1
        WHERE m.kind = 'run' AND s.removed = 0 AND s.status IN ('done', 'failed') ORDER BY m.uid
    """
    found = []
    for uid, opened_as, said in db.execute(sql, values):
        task, modules = json.loads(said)
        found.append(FinishedRun(uid, opened_as, task or "", tuple(modules or ())))
    return found
