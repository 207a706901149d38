"""Rows of single kinds of memories, in SQLite."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind
from memory.ledger.interface.kind_rows import (
    FinishedRun,
    FlagRows,
    Measurement,
    Refactorings,
    RunRows,
    SeriesRows,
    Undone,
)
from memory.ledger.sqlite.memory_rows import MEMORY, memories_by_revision
from memory.ledger.sqlite.relations import links_of
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.sqlite.selecting import is_derived, seen_through, selected
from memory.ledger.times import from_text
from memory.models.flags import STILL_OPEN
from memory.models.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.models.memory import Link, Memory
    from memory.models.selection import Lens


SHORTEST = 7  # digits of a commit's hash that name it, as git shows it

#: The name of a metric as it is compared: case, hyphens and blanks are told apart by nobody.
_NAMED = "json_extract({0}.draft, '$.details.metric')"

_METRIC = f"replace(replace(lower({_NAMED}), ' ', '_'), '-', '_')"

_ENDED = "('rejected', 'withdrawn')"


class SqliteRefactorings(SqliteRepository, Refactorings):
    """`Refactorings` in SQLite."""

    def has_derived(self) -> bool:
        return bool(self._db.glance().has_history)

    def derived(self) -> list[Memory]:
        sql = f"""
            SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.kind = ? AND m.path IS NULL AND {is_derived("r")} ORDER BY m.id
        """
        uids = self._values(sql, [Kind.REFACTORING])
        return self._db.memories.with_uids(uids)

    def recorded(self) -> list[Memory]:
        sql = f"""
            SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.kind = ? AND r.removed = 0 AND NOT {is_derived("r")}
            AND json_array_length(r.draft, '$.details.commits') > 0 ORDER BY m.uid
        """
        uids = self._values(sql, [Kind.REFACTORING])
        return sorted(self._db.memories.with_uids(uids), key=lambda memory: memory.uid)

    def undone(self, lens: Lens, commits: Iterable[str]) -> dict[str, Undone]:
        wanted: dict[str, list[str]] = {}  # by how they begin
        for commit in set(commits):
            if len(commit) >= SHORTEST:
                wanted.setdefault(commit[:SHORTEST].lower(), []).append(commit)
        if not wanted:
            return {}
        found: dict[str, Undone] = {}
        for uid, named, by in self._db.execute(*_undone(lens)):
            for one in json.loads(named):
                for commit in wanted.get(one[:SHORTEST].lower(), ()):
                    if _is_same(commit, one):
                        found.setdefault(commit, Undone(uid, by))
        return found


class SqliteSeriesRows(SqliteRepository, SeriesRows):
    """`SeriesRows` in SQLite."""

    def measurements(self, lens: Lens, metrics: Iterable[str] | None = None) -> list[Measurement]:
        if metrics is None:
            return self._measurements(lens, "", [])
        wanted = json.dumps(sorted(set(metrics)))
        return self._measurements(lens, "SELECT value FROM json_each(?)", [wanted])

    def measurements_like(self, lens: Lens, uids: Iterable[str]) -> list[Measurement]:
        metrics = f"""
            SELECT {_METRIC.format("q")} FROM memories AS o JOIN revisions AS q ON q.id = o.newest
            WHERE o.kind = 'baseline' AND o.uid IN (SELECT value FROM json_each(?))
        """
        return self._measurements(lens, metrics, [json.dumps(sorted(set(uids)))])

    def _measurements(self, lens: Lens, metrics: str, given: list[str]) -> list[Measurement]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT m.uid, s.valid_from,
            json_extract(s.draft, '$.details.metric', '$.details.value', '$.details.unit',
                         '$.details.spread', '$.details.n', '$.details.better',
                         '$.details.environment', '$.details.commit', '$.details.threshold',
                         '$.modules', '$.extra.note'),
            m.path, m.first_line, json_extract(s.source, '$.author'), s.title
            FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
            WHERE m.kind = 'baseline' AND s.removed = 0 AND s.status NOT IN {_ENDED}
            AND json_extract(s.draft, '$.details.value') IS NOT NULL
        """
        if metrics:
            # By the index first: a store may hold a hundred thousand baselines of other metrics.
            sql += f"""
                AND s.memory_id IN (
                    SELECT r.memory_id FROM revisions AS r
                    WHERE {_NAMED.format("r")} IS NOT NULL AND {_METRIC.format("r")} IN ({metrics})
                ) AND {_METRIC.format("s")} IN ({metrics})
            """
            values = [*values, *given, *given]
        return [
            _measurement(*row)
            for row in self._db.execute(f"{sql} ORDER BY s.valid_from, m.id", values)
        ]


class SqliteRunRows(SqliteRepository, RunRows):
    """`RunRows` in SQLite."""

    def outcomes(
        self, lens: Lens, uids: Iterable[str], text_hashes: Iterable[str]
    ) -> tuple[list[FinishedRun], list[Link]]:
        seen, values = seen_through(lens)
        sql = f"""
            WITH shown (near, far, type, inverse, partial, evidence) AS NOT MATERIALIZED (
                SELECT s.memory_id, l.target_id, l.type, l.inverse, l.partial, l.evidence
                FROM links AS l JOIN ({seen}) AS s ON s.id = l.revision_id
                WHERE l.target_id != s.memory_id AND l.type IN ('helped_by', 'misled_by')
            ), wanted (id) AS (
                SELECT id FROM memories WHERE uid IN (SELECT value FROM json_each(?))
            ), named AS MATERIALIZED (
                SELECT * FROM shown WHERE near IN wanted
                UNION SELECT * FROM shown WHERE far IN wanted
            ), naming (id) AS (SELECT iif(inverse, far, near) FROM named), beside (id) AS (
                SELECT r.memory_id FROM passages AS p JOIN revisions AS r ON r.id = p.revision_id
                WHERE p.text_hash IN (SELECT value FROM json_each(?)) AND r.number = 1
                EXCEPT SELECT id FROM naming
            ), found AS MATERIALIZED (
                SELECT * FROM named UNION SELECT * FROM shown WHERE near IN beside
                UNION SELECT * FROM shown WHERE far IN beside
            )
            SELECT 1, a.uid, b.uid, type, inverse, partial, evidence
            FROM found JOIN memories AS a ON a.id = near JOIN memories AS b ON b.id = far
            UNION ALL SELECT 0, {_finished(seen)}
            AND m.id IN (SELECT id FROM naming UNION SELECT id FROM beside)
        """
        given = [*values, json.dumps(sorted(uids)), json.dumps(list(text_hashes)), *values]
        rows = self._db.execute(sql, given).fetchall()
        runs = sorted(_run(*row[1:4]) for row in rows if not row[0])
        return runs, links_of(row[1:] for row in rows if row[0])

    def finished(self, lens: Lens) -> list[FinishedRun]:
        if not self._value("SELECT 1 FROM memories WHERE kind = 'run' LIMIT 1"):
            return []
        seen, values = seen_through(lens)
        rows = self._db.execute(f"SELECT {_finished(seen)} ORDER BY m.uid", values)
        return [_run(*row[:3]) for row in rows]


class SqliteFlagRows(SqliteRepository, FlagRows):
    """`FlagRows` in SQLite."""

    def blocking(self, lens: Lens) -> dict[int, Memory]:
        ids, values = selected(Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=lens))
        sql = f"""
            SELECT {MEMORY} FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE r.id IN ({ids}) AND json_extract(r.draft, '$.details.blocking')
            ORDER BY r.id DESC
        """
        return memories_by_revision(self._db.execute(sql, values))


def _finished(seen: str) -> str:
    """What is told of runs that are done or failed, and where it stands, by an SQL of the lens."""
    return f"""
        m.uid, json_extract(s.draft, '$.details.task', '$.modules'), (
            SELECT text_hash FROM passages WHERE revision_id = f.id ORDER BY position LIMIT 1
        ), NULL, NULL, NULL
        FROM memories AS m JOIN ({seen}) AS s ON s.memory_id = m.id
        JOIN revisions AS f ON f.memory_id = m.id AND f.number = 1
        WHERE m.kind = 'run' AND s.removed = 0 AND s.status IN ('done', 'failed')
    """


def _run(uid: str, said: str, text_hash: str | None) -> FinishedRun:
    task, modules = json.loads(said)
    return FinishedRun(uid, text_hash or "", task or "", tuple(modules or ()))


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


def _measurement(
    uid: str,
    at: str | None,
    said: str,
    path: str | None,
    line: int | None,
    author: str,
    title: str,
) -> Measurement:
    metric, value, unit, spread, n, better, environment, commit, threshold, modules, note = (
        json.loads(said)
    )
    place = f"{path}:{line}" if path and line else path or f"recorded by {author}"
    return Measurement(
        uid=uid,
        at=from_text(at) if at else None,
        metric=metric,
        value=float(value),
        unit=unit or "",
        spread=spread,
        n=n,
        better=better or "",
        environment=environment or "",
        commit=commit or "",
        threshold=threshold,
        modules=tuple(modules or ()),
        citation=place,
        note=note if isinstance(note, str) else "",
        title=title,
    )
