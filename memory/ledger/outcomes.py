"""Finished runs as rows, without the cost of whole memories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import seen_through

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.selection import Lens


class FinishedRun(NamedTuple):
    """A run that is over, as far as it takes to tell what it was about."""

    uid: str
    opened_as: int  # id of its first revision, which says the task and hardly more
    task: str
    modules: tuple[str, ...]


def finished_among(
    db: Database, lens: Lens, uids: Iterable[str], text_hashes: Iterable[str]
) -> list[FinishedRun]:
    """Of these runs, and of those whose task is one of these texts, the finished ones."""
    test = """
        AND m.id IN (
            SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
            UNION SELECT r.memory_id FROM passages AS p JOIN revisions AS r ON r.id = p.revision_id
            WHERE p.text_hash IN (SELECT value FROM json_each(?)) AND r.number = 1
        )
    """
    return _finished(db, lens, test, [json.dumps(sorted(uids)), json.dumps(list(text_hashes))])


def finished_runs(db: Database, lens: Lens) -> list[FinishedRun]:
    """The runs that the lens shows as done or failed, in the order of uids."""
    if db.execute("SELECT 1 FROM memories WHERE kind = 'run' LIMIT 1").fetchone() is None:
        return []
    return _finished(db, lens, "", [])


def _finished(db: Database, lens: Lens, test: str, given: list[str]) -> list[FinishedRun]:
    seen, values = seen_through(lens)
    sql = f"""
        SELECT m.uid, f.id, json_extract(s.draft, '$.details.task', '$.modules')
        FROM memories AS m JOIN ({seen}) AS s ON s.memory_id = m.id
        JOIN revisions AS f ON f.memory_id = m.id AND f.number = 1
        WHERE m.kind = 'run' AND s.removed = 0 AND s.status IN ('done', 'failed') {test}
        ORDER BY m.uid
    """
    found = []
    for uid, opened_as, said in db.execute(sql, [*values, *given]):
        task, modules = json.loads(said)
        found.append(FinishedRun(uid, opened_as, task or "", tuple(modules or ())))
    return found
