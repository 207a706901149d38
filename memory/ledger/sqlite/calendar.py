"""When files were committed, and the revisions that only git tells of, in SQLite."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

from memory.ledger.interface.calendar import Calendar, DatedFile, Placed, RecordedRevision, Version
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.times import from_text, to_text
from memory.models.memory import Draft, Source, began
from memory.models.report import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

_OWN = "(SELECT id FROM memories WHERE uid = ?)"
_ONLY_GIT = f"SELECT id FROM revisions WHERE memory_id = {_OWN} AND number < 0"


class SqliteCalendar(SqliteRepository, Calendar):
    """`Calendar` in SQLite.

    Revisions that only git tells of have numbers below 0. Where a memory has some, or a commit is
    known that brought what it says, `place` puts its revisions in order: 1.5 is between the
    ledger's first and second. The very first one has 0.
    """

    def files(self) -> list[DatedFile]:
        sql = """
            SELECT m.uid, m.path, m.added_in IS NOT NULL, f.content_hash FROM memories AS m
            JOIN revisions AS r ON r.id = m.newest
            LEFT JOIN files AS f ON f.path = m.path AND f.worktree = ?
            WHERE m.kind = 'decision' AND m.entry = '' AND m.path IS NOT NULL AND NOT r.removed
            AND NOT m.pending_file AND NOT EXISTS (
                SELECT 1 FROM memories AS o JOIN revisions AS s ON s.id = o.newest
                WHERE o.path = m.path AND o.id != m.id AND NOT s.removed
            ) ORDER BY m.path
        """
        rows = self._db.execute(sql, [MAIN])
        return [DatedFile(uid, path, bool(seen), hash_) for uid, path, seen, hash_ in rows]

    def date(self, uid: str, at: datetime | None, commit: str) -> None:
        self._db.execute(
            "UPDATE memories SET added_at = ?, added_in = ? WHERE uid = ?",
            [to_text(at) if at else None, commit, uid],
        )
        sql = f"SELECT id, draft FROM revisions WHERE memory_id = {_OWN} AND NOT removed"
        drafts = [
            (id_, Draft.model_validate_json(draft)) for id_, draft in self._db.execute(sql, [uid])
        ]
        self._db.conn.executemany(
            "UPDATE revisions SET valid_from = ? WHERE id = ?",
            [
                (to_text(when) if (when := began(draft, at)) else None, id_)
                for id_, draft in drafts
                if draft.valid_from is None
            ],
        )

    def revisions(self, uid: str) -> list[RecordedRevision]:
        sql = f"""
            SELECT number, draft, source, ifnull(since, recorded_at), removed, committed_in
            FROM revisions WHERE memory_id = {_OWN} ORDER BY ifnull(place, number)
        """
        return [
            RecordedRevision(
                number,
                Version(
                    Draft.model_validate_json(draft),
                    Source.model_validate_json(source).model_copy(
                        update={"commit": commit} if commit else {}
                    ),
                    from_text(since),
                    bool(removed),
                ),
                commit is not None,
            )
            for number, draft, source, since, removed, commit in self._db.execute(sql, [uid])
        ]

    def arrange(self, uid: str, placed: Sequence[Placed], at: datetime) -> list[int]:
        self._forget(uid)
        added = 0
        for place, one in _places(placed):
            if one.number is None and one.version:
                added += 1
                self._add(uid, -added, one.version, place, at)
            else:
                self._place(uid, one, place)
        sql = f"SELECT id FROM links WHERE revision_id IN ({_ONLY_GIT})"
        return self._values(sql, [uid])

    def _place(self, uid: str, one: Placed, place: float) -> None:
        self._db.execute(
            f"""
            UPDATE revisions SET since = coalesce(?, recorded_at), committed_in = ?, place = ?
            WHERE memory_id = {_OWN} AND number = ?
            """,
            [
                to_text(one.version.since) if one.version else None,
                one.version.source.commit if one.version else None,
                place,
                uid,
                one.number,
            ],
        )

    def _add(self, uid: str, number: int, version: Version, place: float, at: datetime) -> None:
        memory_id, added_at = self._db.execute(
            "SELECT id, added_at FROM memories WHERE uid = ?", [uid]
        ).fetchone()
        draft = version.draft
        held = began(draft, from_text(added_at) if added_at else None)
        starts = version.since if version.removed else held
        cursor = self._db.execute(
            """
            INSERT INTO revisions (memory_id, number, digest, removed, title, status, agent,
                                   valid_from, valid_to, recorded_at, draft, source,
                                   since, committed_in, place)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                memory_id,
                number,
                draft.digest,
                version.removed,
                draft.title,
                draft.status,
                draft.agent,
                to_text(starts) if starts else None,
                to_text(draft.valid_to) if draft.valid_to else None,
                to_text(at),
                draft.model_dump_json(exclude_defaults=True),
                version.source.model_dump_json(exclude_defaults=True),
                to_text(version.since),
                version.source.commit,
                place,
            ],
        )
        if not version.removed:
            self._db.links.add(int(cursor.lastrowid or 0), draft.references)

    def _forget(self, uid: str) -> None:
        """Afterwards nothing is known that only git told of a memory."""
        links = f"SELECT id FROM links WHERE revision_id IN ({_ONLY_GIT})"
        self._db.execute(f"DELETE FROM link_names WHERE link_id IN ({links})", [uid])
        for table, column in (("links", "revision_id"), ("revisions", "id")):
            self._db.execute(f"DELETE FROM {table} WHERE {column} IN ({_ONLY_GIT})", [uid])

    def links(self, link_ids: Iterable[int]) -> list[tuple[int, str]]:
        sql = "SELECT id, target FROM links WHERE id IN (SELECT value FROM json_each(?))"
        return self._db.execute(sql, [json.dumps(list(link_ids))]).fetchall()

    def unmarked(self) -> list[str]:
        sql = """
            SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.path IS NOT NULL AND NOT r.removed
            AND json_extract(r.draft, '$.said_by') IS NULL
            AND (json_extract(r.draft, '$.uid') IS NOT NULL OR EXISTS (
                SELECT 1 FROM revisions AS s
                WHERE s.memory_id = m.id AND json_extract(s.draft, '$.said_by') IS NOT NULL
            ))
        """
        return self._values(sql)

    def attribute(self, uid: str, source: Source) -> None:
        newest = "(SELECT newest FROM memories WHERE uid = ?)"
        said = source.model_dump_json(exclude_defaults=True)
        self._db.execute(f"UPDATE revisions SET source = ? WHERE id = {newest}", [said, uid])

    def withdraw_problem(self, path: str, saying: str) -> list[str]:
        sql = "SELECT problem FROM files WHERE path = ? AND worktree = ? AND problem IS NOT NULL"
        problems = self._values(sql, [path, MAIN])
        lines = [line for problem in problems for line in problem.splitlines()]
        gone = [line for line in lines if saying in line]
        if gone:
            self._db.execute(
                "UPDATE files SET problem = ? WHERE path = ? AND worktree = ?",
                ["\n".join(line for line in lines if line not in gone) or None, path, MAIN],
            )
        return gone


def _places(placed: Sequence[Placed]) -> Iterator[tuple[float, Placed]]:
    """Where each stands among the numbers of the ledger's revisions."""
    number = 0
    first = True
    for is_told, group in groupby(placed, key=lambda one: one.number is None):
        some = list(group)
        for at, one in enumerate(some, start=1):
            if not is_told:
                number = one.number or number
            place = number + at / (len(some) + 1) if is_told else float(number)
            yield (0.0 if first else place), one
            first = False
