"""Refactorings that were undone, by the commits that did them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import seen_through

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

SHORTEST = 7  # digits of a commit's hash that name it, as git shows it


class Undone(NamedTuple):
    """A refactoring that was reverted."""

    uid: str
    by: str  # a commit, or words; "" where nobody says


def undone_commits(db: Database, lens: Lens, commits: Iterable[str]) -> dict[str, Undone]:
    """Those of these commits that did a refactoring which was reverted, and by what it was.

    Of several refactorings that name a commit, the one whose uid comes first.

    Args:
        db: An open ledger.
        lens: From when to look.
        commits: Hashes, in full or of at least SHORTEST digits; other words name none.
    """
    wanted: dict[str, list[str]] = {}  # by how they begin
    for commit in set(commits):
        if len(commit) >= SHORTEST:
            wanted.setdefault(commit[:SHORTEST].lower(), []).append(commit)
    if not wanted:
        return {}
    found: dict[str, Undone] = {}
    for uid, named, by in db.execute(*_undone(lens)):
        for one in json.loads(named):
            for commit in wanted.get(one[:SHORTEST].lower(), ()):
                if _is_same(commit, one):
                    found.setdefault(commit, Undone(uid, by))
    return found


def _undone(lens: Lens) -> tuple[str, list[str]]:
    """Refactorings that say that they were reverted, or of which another says so."""
    seen, values = seen_through(lens)
    sql = f"""
        WITH reverts AS (
            SELECT l.target_id, min(coalesce(json_extract(s.source, '$.commit'), s.title)) AS by
            FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
            WHERE l.type = 'reverts' AND NOT l.inverse AND s.removed = 0 GROUP BY l.target_id
        ), ever AS (
            SELECT memory_id AS id FROM revisions WHERE status = 'reverted'
            UNION SELECT target_id FROM links WHERE type = 'reverts'
        )
        SELECT m.uid, coalesce(json_extract(s.draft, '$.details.commits'), '[]'),
        coalesce(r.by, json_extract(s.draft, '$.details.reverted_by'), '')
        FROM ever CROSS JOIN memories AS m ON m.id = ever.id
        CROSS JOIN ({seen}) AS s ON s.memory_id = m.id
        LEFT JOIN reverts AS r ON r.target_id = m.id
        WHERE m.kind = 'refactoring' AND s.removed = 0
        AND (s.status = 'reverted' OR r.target_id IS NOT NULL) ORDER BY m.uid
    """
    return sql, [*values, *values]


def _is_same(commit: str, other: str) -> bool:
    """Whether two hashes, perhaps shortened, are of one commit."""
    one, two = commit.lower(), other.lower()
    return len(two) >= SHORTEST and (one.startswith(two) or two.startswith(one))
