"""Files, anchors, changes and other books that are kept, in SQLite."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from memory.ledger.interface.upkeep import (
    AnchorFinding,
    Anchors,
    Changes,
    Consolidations,
    Difference,
    IndexedFiles,
    KeptFinding,
    Rewinding,
    StoreFacts,
    Unfiled,
    What,
    judged,
)
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.store_facts import ANCHORS, CALENDAR, LABELLED, LINKED, MODEL, PARSED_BY
from memory.ledger.times import moment, to_text
from memory.models.assessment import CheckedAnchor, Freshness
from memory.models.report import MAIN, NOTED, READ, STALE, KnownFile
from memory.models.runs import Application

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from memory.models.selection import Lens


_COLUMNS = ", ".join(f"files.{name}" for name in KnownFile._fields)

_SAID = ("type", "name", "verdict", "reason", "target")  # of a finding, as the table has them

FINDINGS = """
SELECT m.uid, a.since, a.commit_hash, a.place, a.type, a.name, a.verdict, a.reason, a.target
FROM anchors AS a JOIN memories AS m ON m.id = a.memory_id AND m.newest = a.revision_id
JOIN revisions AS r ON r.id = m.newest AND NOT r.removed
"""


class SqliteFiles(SqliteRepository, IndexedFiles):
    """`IndexedFiles` in SQLite."""

    def known(
        self, only: Iterable[str] | None = None, *, worktree: str = MAIN
    ) -> dict[str, KnownFile]:
        sql = f"SELECT {_COLUMNS} FROM files"
        if only is None:
            rows = self._db.execute(f"{sql} WHERE worktree = ?", [worktree])
            return {row[0]: KnownFile(*row) for row in rows}
        # '0' is the character after '/'. By two queries, as one with OR would read the whole table.
        sql = f"""
            {sql} WHERE worktree = :worktree
            AND files.path IN (SELECT value FROM json_each(:places))
            UNION {sql} JOIN json_each(:places) AS place
            ON files.path > place.value || '/' AND files.path < place.value || '0'
            WHERE worktree = :worktree
        """
        rows = self._db.execute(sql, {"places": json.dumps(sorted(only)), "worktree": worktree})
        return {row[0]: KnownFile(*row) for row in rows}

    def elsewhere(self, paths: Iterable[str], *, worktree: str) -> list[KnownFile]:
        sql = f"""
            SELECT {_COLUMNS} FROM files
            WHERE path IN (SELECT value FROM json_each(?)) AND worktree != ?
            ORDER BY worktree, path
        """
        rows = self._db.execute(sql, [json.dumps(list(paths)), worktree])
        return [KnownFile(*row) for row in rows]

    def of_others(self, worktrees: Iterable[str]) -> list[KnownFile]:
        sql = f"""
            SELECT {_COLUMNS} FROM files
            WHERE worktree NOT IN (SELECT value FROM json_each(?)) ORDER BY worktree, path
        """
        return [KnownFile(*row) for row in self._db.execute(sql, [json.dumps(list(worktrees))])]

    def problems(self) -> dict[str, str]:
        sql = "SELECT path, problem FROM files WHERE problem != '' ORDER BY worktree DESC"
        return dict(self._db.execute(sql).fetchall())

    def save(self, files: Iterable[KnownFile]) -> None:
        files = list(files)
        self._db.conn.executemany(
            f"""
            INSERT OR REPLACE INTO files ({", ".join(KnownFile._fields)})
            VALUES ({", ".join("?" * len(KnownFile._fields))})
            """,
            files,
        )
        self._db.conn.executemany(
            "UPDATE files SET state = ? WHERE path = ? AND worktree != ? AND state = ?",
            [(NOTED, file.path, file.worktree, READ) for file in files if file.state == READ],
        )

    def reopen(self, path: str, said: str, *, worktree: str = MAIN) -> None:
        new = KnownFile(path, 0, 0, None, STALE, None, 0, worktree)
        self._db.execute(
            f"""
            INSERT OR IGNORE INTO files ({", ".join(KnownFile._fields)})
            VALUES ({", ".join("?" * len(KnownFile._fields))})
            """,
            new,
        )
        self._db.execute(
            """
            UPDATE files SET state = ?, said = trim(said || ' ' || ?)
            WHERE path = ? AND worktree = ?
            """,
            [STALE, said, path, worktree],
        )

    def forget(self, paths: Iterable[str], *, worktree: str = MAIN) -> None:
        paths = list(paths)
        self.wake_elsewhere(paths, worktree=worktree)
        self._db.conn.executemany(
            "DELETE FROM files WHERE worktree = ? AND path = ?",
            [(worktree, path) for path in paths],
        )

    def wake_elsewhere(self, paths: Sequence[str], *, worktree: str) -> None:
        self._db.conn.executemany(
            """
            UPDATE files SET state = :stale
            WHERE path = :path AND worktree = (
                SELECT min(worktree) FROM files
                WHERE path = :path AND worktree != :worktree AND state = :noted
            ) AND EXISTS (
                SELECT * FROM files
                WHERE path = :path AND worktree = :worktree AND state != :noted
            )
            """,
            [
                {"path": path, "worktree": worktree, "noted": NOTED, "stale": STALE}
                for path in paths
            ],
        )

    def doubt_all(self) -> None:
        self._db.execute("UPDATE files SET mtime_ns = -1, content_hash = NULL, state = ?", [STALE])
        self._db.execute(
            """
            INSERT OR IGNORE INTO files
                (path, size, mtime_ns, content_hash, state, problem, read_at_ns, worktree, said)
            SELECT DISTINCT path, 0, -1, NULL, ?, NULL, 0, ?, '' FROM memories
            WHERE path IS NOT NULL
            """,
            [STALE, MAIN],
        )
        self._db.facts.remove([PARSED_BY, LINKED, LABELLED, ANCHORS, CALENDAR])

    def reopen_all(self, *, besides: str) -> None:
        self._db.execute(
            "UPDATE files SET state = ? WHERE state = ? AND worktree != ?", [STALE, READ, besides]
        )


class SqliteAnchors(SqliteRepository, Anchors):
    """`Anchors` in SQLite."""

    def freshness(self, lens: Lens, uids: Iterable[str]) -> dict[str, Freshness]:
        if not lens.is_now:
            return {}
        sql = f"{FINDINGS} WHERE m.uid IN (SELECT value FROM json_each(?))"
        return freshness_of(self._db.execute(sql, [json.dumps(list(uids))]))

    def findings(self) -> list[KeptFinding]:
        rows = self._db.execute(f"{FINDINGS} ORDER BY m.uid, a.position")
        return [
            KeptFinding(uid, AnchorFinding(_checked(said), place), since)
            for uid, since, _, place, *said in rows
        ]

    def save(
        self, uid: str, revision: int, findings: Sequence[AnchorFinding], *, since: str, commit: str
    ) -> None:
        row = self._db.execute(
            """
            SELECT m.id, r.id FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.uid = ? AND r.number = ?
            """,
            [uid, revision],
        ).fetchone()
        if row is None:
            return
        self._db.execute("DELETE FROM anchors WHERE memory_id = ?", [row[0]])
        self._db.conn.executemany(
            """
            INSERT OR IGNORE INTO anchors (
                memory_id, revision_id, position, type, name, verdict, reason, target, place,
                since, commit_hash
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                (*row, position, *(getattr(one, name) for name in _SAID), place, since, commit)
                for position, (one, place) in enumerate(findings)
            ],
        )


class SqliteChanges(SqliteRepository, Changes):
    """`Changes` in SQLite."""

    def latest(self) -> int:
        return self._db.glance().change

    def memories(self, change: int) -> list[int]:
        sql = "SELECT DISTINCT memory_id FROM changes WHERE seq > ? AND memory_id IS NOT NULL"
        return self._values(f"{sql} ORDER BY 1", [change])

    def revised(self, change: int) -> list[str]:
        sql = """
            SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE NOT r.removed AND m.id IN (
                SELECT memory_id FROM changes WHERE seq > ? AND what = 'said'
            ) ORDER BY m.uid
        """
        return self._values(sql, [change])

    def differences(self, change: int) -> list[Difference]:
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
        found = self._db.execute(sql, {"change": change}).fetchall()
        return [
            Difference(uid, newest, what)
            for uid, newest, *said in found
            if (what := _what(*map(bool, said))) is not None
        ]

    def recorded_at(self, change: int) -> datetime | None:
        sql = """
            SELECT r.recorded_at FROM changes AS c JOIN revisions AS r ON r.id = c.revision_id
            WHERE c.seq <= ? ORDER BY c.seq DESC LIMIT 1
        """
        return moment(self._value(sql, [change]))

    def has_recording(self, change: int) -> bool:
        sql = """
            SELECT 1 FROM changes AS c JOIN revisions AS r ON r.id = c.revision_id
            WHERE c.seq > ? AND json_extract(r.source, '$.author') != 'indexer' LIMIT 1
        """
        return bool(self._value(sql, [change]))


class SqliteFacts(SqliteRepository, StoreFacts):
    """`StoreFacts` in SQLite."""

    def find(self, name: str) -> str | None:
        if name == MODEL:
            return self._db.glance().model
        found: str | None = self._value("SELECT value FROM facts WHERE name = ?", [name])
        return found

    def save(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO facts (name, value) VALUES (?, ?)", [name, value])

    def beginning(self, prefix: str) -> dict[str, str]:
        sql = "SELECT name, value FROM facts WHERE substr(name, 1, length(:prefix)) = :prefix"
        return dict(self._db.execute(f"{sql} ORDER BY name", {"prefix": prefix}).fetchall())

    def remove(self, names: Iterable[str]) -> None:
        self._db.conn.executemany("DELETE FROM facts WHERE name = ?", [(name,) for name in names])


class SqliteConsolidations(SqliteRepository, Consolidations):
    """`Consolidations` in SQLite."""

    def save(self, application: Application) -> None:
        undone_at = to_text(application.undone_at) if application.undone_at else None
        self._db.execute(
            """
            INSERT INTO consolidations (proposal, said, applied_at, undone_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (proposal)
            DO UPDATE SET said = excluded.said, undone_at = excluded.undone_at
            """,
            [
                application.proposal.id,
                application.model_dump_json(),
                to_text(application.applied_at),
                undone_at,
            ],
        )

    def forget(self, proposal: str) -> None:
        self._db.execute("DELETE FROM consolidations WHERE proposal = ?", [proposal])

    def find(self, proposal: str) -> Application | None:
        sql = "SELECT said FROM consolidations WHERE proposal = ?"
        said = self._value(sql, [proposal])
        return Application.model_validate_json(said) if said else None

    def applications(self) -> list[Application]:
        said = self._values("SELECT said FROM consolidations ORDER BY id")
        return [Application.model_validate_json(one) for one in said]


class SqliteRewinding(SqliteRepository, Rewinding):
    """`Rewinding` in SQLite."""

    def forget_working_tree(self) -> None:
        self._db.execute("DELETE FROM files WHERE worktree != ?", [MAIN])
        self._db.execute(
            """
            UPDATE files SET mtime_ns = -1, state = CASE
                WHEN state = :read AND path NOT IN (
                    SELECT path FROM memories WHERE pending_file AND path IS NOT NULL
                ) THEN state ELSE :stale END
            """,
            {"read": READ, "stale": STALE},
        )
        self._db.execute(
            """
            INSERT OR IGNORE INTO files
                (path, size, mtime_ns, content_hash, state, problem, read_at_ns, worktree, said)
            SELECT DISTINCT path, 0, -1, NULL, :stale, NULL, 0, :main, '' FROM memories
            WHERE path IS NOT NULL
            """,
            {"stale": STALE, "main": MAIN},
        )
        self._db.execute("UPDATE files SET content_hash = NULL WHERE state = ?", [STALE])
        self._db.execute("UPDATE memories SET pending_file = 0")
        self._db.execute("DELETE FROM anchors")

    def unfiled(self) -> list[Unfiled]:
        sql = """
            SELECT m.uid, r.id, json_extract(r.source, '$.commit'), r.id = m.newest
            FROM memories AS m JOIN revisions AS newest ON newest.id = m.newest
            JOIN revisions AS r ON r.memory_id = m.id
            WHERE m.path IS NULL AND newest.removed = 0 AND r.removed = 0 ORDER BY r.id
        """
        return [
            Unfiled(uid, number, commit, bool(is_newest))
            for uid, number, commit, is_newest in self._db.execute(sql)
        ]

    def show_again(self, uid: str, revision_id: int) -> None:
        self._db.execute("UPDATE memories SET newest = ? WHERE uid = ?", [revision_id, uid])

    def settle_on(self, change: int) -> None:
        sql = "SELECT ifnull(max(revision_id), 0) FROM changes WHERE seq <= ?"
        after = self._value(sql, [change])
        self._db.execute(
            """
            UPDATE memories SET newest = earlier.id FROM (
                SELECT newest.id AS of, max(e.id) AS id FROM revisions AS newest
                JOIN revisions AS e ON e.memory_id = newest.memory_id AND e.digest = newest.digest
                    AND e.number > 0
                WHERE newest.id > :after AND NOT newest.removed AND e.id <= :after AND NOT e.removed
                GROUP BY newest.id
            ) AS earlier WHERE memories.newest = earlier.of
            """,
            {"after": after},
        )
        self._db.execute(
            """
            UPDATE memories SET newest = NULL
            WHERE newest IN (SELECT id FROM revisions WHERE id > ? AND removed)
            """,
            [after],
        )
        shown = "SELECT newest FROM memories WHERE newest IS NOT NULL"
        links = f"SELECT id FROM links WHERE revision_id > ? AND revision_id NOT IN ({shown})"
        self._db.execute(f"DELETE FROM link_names WHERE link_id IN ({links})", [after])
        for table, column in (
            ("labels", "revision_id"),
            ("links", "revision_id"),
            ("passages", "revision_id"),
            ("revisions", "id"),
        ):
            self._db.execute(
                f"DELETE FROM {table} WHERE {column} > ? AND {column} NOT IN ({shown})", [after]
            )

    def queue_what_shows(self, model: str) -> None:
        self._db.execute("DELETE FROM embedding_queue")
        self._db.execute(
            """
            INSERT INTO embedding_queue (text_hash)
            SELECT DISTINCT p.text_hash FROM passages AS p
            JOIN memories AS m ON m.newest = p.revision_id
            JOIN revisions AS r ON r.id = m.newest
            WHERE NOT r.removed AND NOT EXISTS (
                SELECT 1 FROM embeddings WHERE model = ? AND text_hash = p.text_hash
            )
            """,
            [model],
        )


def freshness_of(rows: Iterable[tuple[str, ...]]) -> dict[str, Freshness]:
    """What became of memories by rows of `FINDINGS`, by uid."""
    found: dict[str, list[CheckedAnchor]] = defaultdict(list)
    commits: dict[str, str] = {}
    for uid, _, commit, _, *said in rows:
        found[uid].append(_checked(said))
        commits[uid] = commit
    return {uid: judged(anchors, commits[uid]) for uid, anchors in found.items()}


def _checked(said: Sequence[str]) -> CheckedAnchor:
    return CheckedAnchor.model_validate(dict(zip(_SAID, said, strict=True)))


def _what(is_removed: bool, was_there: bool, says_the_same: bool) -> What | None:
    if not was_there:
        return None if is_removed else "added"
    if is_removed:
        return "removed"
    return None if says_the_same else "revised"
