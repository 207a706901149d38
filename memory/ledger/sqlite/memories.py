"""Memories and their revisions, in SQLite."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from memory.errors import AmbiguousUid, UnknownMemory
from memory.ledger.interface.memories import Head, Memories, Watched
from memory.ledger.sqlite.called import uids_called
from memory.ledger.sqlite.memory_rows import (
    MEMORY,
    SAID,
    as_dicts,
    memory_of,
    revision_of,
    state_of,
)
from memory.ledger.sqlite.repository import SqliteRepository, UnsoundRow
from memory.ledger.sqlite.seals import is_sound
from memory.ledger.sqlite.selecting import (
    CHECKED,
    REVIEWED,
    UNFILED,
    is_derived,
    is_selected,
    seen_through,
    selected,
)
from memory.ledger.store_facts import FORGOTTEN
from memory.ledger.times import from_text, moment, to_text
from memory.models.memory import Draft, Memory, Passage, Revision, Source, began

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory.models.selection import Lens, Selection
    from memory.models.standing import DeclaredState


_NEWEST = f"SELECT {MEMORY} FROM memories AS m JOIN revisions AS r ON r.id = m.newest"
_ANY = f"SELECT {MEMORY} FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id"
#: When a revision began to hold; a month or a week without a day where that begins.
_BEGAN = "ifnull(r.valid_from, json_extract(r.draft, '$.figures.period.start'))"


class SqliteMemories(SqliteRepository, Memories):
    """`Memories` in SQLite."""

    def add(self, uid: str, draft: Draft, source: Source, at: datetime) -> int:
        cursor = self._db.execute(
            "INSERT INTO memories (uid, kind) VALUES (?, ?)", [uid, draft.kind]
        )
        self.place(uid, source.path, draft)
        return self._append(int(cursor.lastrowid or 0), 1, draft, source, at)

    def revise(self, uid: str, draft: Draft, source: Source, at: datetime) -> int | None:
        memory_id, number, digest, removed = self._newest(uid)
        self.place(uid, source.path, draft)
        if digest == draft.digest and not removed:
            return None
        return self._append(memory_id, number + 1, draft, source, at)

    def remove(self, uid: str, source: Source, at: datetime) -> bool:
        memory_id, number, _, removed = self._newest(uid)
        if removed:
            return False
        draft = self.fetch(uid).revision.draft
        self._append(memory_id, number + 1, draft, source, at, removed=True)
        return True

    def recorded(self) -> Iterator[str]:
        sql = """
            SELECT m.uid FROM revisions AS r JOIN memories AS m ON m.newest = r.id
            WHERE json_extract(r.source, '$.author') != 'indexer' AND NOT r.removed
            AND json_extract(r.source, '$.content_hash') IS NULL -- else a file said it first
            ORDER BY r.id DESC
        """
        for (uid,) in self._db.execute(sql):
            yield uid

    def place(self, uid: str, path: str | None, draft: Draft) -> None:
        first, last = draft.lines or (None, None)
        self._db.execute(
            """
            UPDATE memories SET kind = ?, path = ?, first_line = ?, last_line = ?, entry = ?
            WHERE uid = ?
            """,
            [draft.kind, path, first, last, draft.key, uid],
        )

    def mark_pending(self, uid: str, *, is_pending: bool) -> None:
        self._db.execute("UPDATE memories SET pending_file = ? WHERE uid = ?", [is_pending, uid])

    def fetch(self, uid: str, lens: Lens | None = None) -> Memory:
        if lens is None or lens.is_now:
            sql, values = _NEWEST, list[str]()
        else:
            seen, values = seen_through(lens)
            sql = f"SELECT {MEMORY} FROM memories AS m JOIN ({seen}) AS r ON r.memory_id = m.id"
        for row in self._rows(f"{sql} WHERE m.uid = ?", [*values, uid]):
            return memory_of(row)
        raise self._unknown(uid, then=lens is not None and not lens.is_now)

    def titles(self, uids: Iterable[str]) -> dict[str, str]:
        sql = """
            SELECT m.uid, r.title FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.uid IN (SELECT value FROM json_each(?)) ORDER BY m.uid
        """
        return dict(self._db.execute(sql, [json.dumps(list(uids))]).fetchall())

    def find_uid(self, beginning: str) -> str:
        pattern = beginning.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        sql = (
            r"SELECT uid FROM memories WHERE uid = ? OR uid LIKE ? ESCAPE '\' ORDER BY uid LIMIT 6"
        )
        uids = self._values(sql, [beginning, pattern])
        if beginning in uids:
            return beginning
        uids = uids or uids_called(self._db, beginning)
        if not uids or not beginning:
            raise self._unknown(beginning)
        if len(uids) > 1:
            raise AmbiguousUid(beginning, uids)
        return str(uids[0])

    def history(self, uid: str) -> list[Revision]:
        sql = f"""
            SELECT m.uid, r.number, r.removed, r.recorded_at, r.draft, r.source, r.since,
                r.committed_in, m.added_at, {is_sound("revisions", "r")} AS is_sound
            FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE m.uid = ? ORDER BY ifnull(r.place, r.number)
        """
        revisions = [revision_of(row) for row in self._rows(sql, [uid])]
        if not revisions:
            raise self._unknown(uid)
        return revisions

    def _unknown(self, uid: str, *, then: bool = False) -> UnknownMemory:
        mark = self._db.facts.find(f"{FORGOTTEN}{uid}")
        return UnknownMemory(uid, then=then, erased=json.loads(mark) if mark else None)

    def select(self, selection: Selection) -> list[Memory]:
        ids, values = selected(selection)
        sql = f"{_ANY} WHERE r.id IN ({ids}) ORDER BY {_BEGAN} DESC, r.title, m.uid"
        return [memory_of(row) for row in self._rows(sql, values)]

    def listed_ids(self, selection: Selection, *, limit: int | None = None) -> dict[str, int]:
        ids, values = selected(selection)
        sql = f"""
            SELECT m.uid, r.id FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE r.id IN ({ids}) ORDER BY {_BEGAN} DESC, r.title, m.uid LIMIT ?
        """
        return dict(self._db.execute(sql, [*values, -1 if limit is None else limit]).fetchall())

    def heads(self, revision_ids: Iterable[int]) -> list[Head]:
        wanted = "r.id IN (SELECT value FROM json_each(?))"
        return self._heads(wanted, [json.dumps(list(revision_ids))])

    def heads_of(self, selection: Selection, uids: Iterable[str]) -> list[Head]:
        test, values = is_selected(selection, "r.id")
        wanted = f"m.uid IN (SELECT value FROM json_each(?)) AND {test}"
        return self._heads(wanted, [json.dumps(list(uids)), *values])

    def _heads(self, wanted: str, values: list[str]) -> list[Head]:
        sql = f"""
            SELECT r.id, m.uid, r.title, m.path, r.valid_from, r.status, {is_derived("r")},
                (SELECT json_group_array(text_hash) FROM (
                    SELECT text_hash FROM passages WHERE revision_id = r.id ORDER BY position
                )),
                (SELECT json_group_array(t.uid) FROM links AS l JOIN memories AS t
                    ON t.id = l.target_id WHERE l.revision_id = r.id AND NOT l.inverse)
            FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE {wanted} ORDER BY r.id
        """
        return [Head(*row) for row in self._db.execute(sql, values)]

    def at_revisions(self, revision_ids: Iterable[int]) -> dict[int, Memory]:
        sql = f"{_ANY} WHERE r.id IN (SELECT value FROM json_each(?))"
        rows = self._rows(sql, [json.dumps(list(revision_ids))])
        return {row["revision_id"]: memory_of(row) for row in rows}

    def shown(self, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT {MEMORY} FROM ({seen}) AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE r.removed = 0 AND m.uid IN (SELECT value FROM json_each(?)) ORDER BY m.uid
        """
        rows = self._rows(sql, [*values, json.dumps(list(uids))])
        return {row["uid"]: memory_of(row) for row in rows}

    def at_places(
        self, places: Iterable[tuple[int, int | None]]
    ) -> dict[tuple[int, int | None], tuple[Memory, list[Passage]]]:
        # A revision stands here once for each passage, which takes long to hold against its seal.
        sound, columns = is_sound("passages", "p"), MEMORY
        if self._db.is_examined:
            sound, columns = "1", f"{SAID}, 1 AS is_sound"
        sql = f"""
            SELECT w.value ->> 1, p.title, p.heading, p.text, p.first_line, p.last_line,
                {sound}, {columns}
            FROM json_each(?) AS w JOIN passages AS p ON p.revision_id = w.value ->> 0
                AND p.position = ifnull(w.value ->> 1, p.position)
            JOIN revisions AS r ON r.id = p.revision_id JOIN memories AS m ON m.id = r.memory_id
            ORDER BY p.revision_id, p.position
        """
        memories: dict[int, Memory] = {}
        found: dict[tuple[int, int | None], tuple[Memory, list[Passage]]] = {}
        cursor = self._db.execute(sql, [json.dumps(list(places))])
        names = [column[0] for column in cursor.description][7:]
        for position, title, heading, text, first, last, sound, *said in cursor:
            row = dict(zip(names, said, strict=True))
            if not sound:
                raise UnsoundRow(f"a passage of {row['uid']} is not as it was written")
            id_ = row["revision_id"]
            memory = memories.get(id_) or memories.setdefault(id_, memory_of(row))
            lines = None if first is None else (first, last)
            passage = Passage(title, heading, text, lines)
            found.setdefault((id_, position), (memory, []))[1].append(passage)
        return found

    def states(self, lens: Lens, uids: Iterable[str]) -> dict[str, DeclaredState]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT m.uid, s.status, s.valid_from, s.valid_to, s.removed FROM ({seen}) AS s
            JOIN memories AS m ON m.id = s.memory_id
            WHERE m.uid IN (SELECT value FROM json_each(?))
        """
        rows = self._db.execute(sql, [*values, json.dumps(list(uids))])
        return {uid: state_of(*said) for uid, *said in rows}

    def in_files(self, paths: Sequence[str]) -> list[Memory]:
        return self._newest_where("m.path", paths)

    def dated_in_figures(self) -> list[Memory]:
        sql = f"""
            {_NEWEST} WHERE NOT r.removed AND r.draft LIKE '%"figures":%'
            ORDER BY m.path, m.id
        """
        memories = map(memory_of, self._rows(sql, []))
        return [one for one in memories if one.revision.draft.figures]

    def removed_saying(self, digests: Sequence[str]) -> list[Memory]:
        return [m for m in self._newest_where("r.digest", digests) if m.revision.removed]

    def with_uids(self, uids: Sequence[str]) -> list[Memory]:
        return self._newest_where("m.uid", uids)

    def paths(self) -> frozenset[str]:
        sql = "SELECT DISTINCT path FROM memories WHERE path IS NOT NULL"
        return frozenset(self._values(sql))

    def selected_ids(self, selections: Sequence[Selection], *, limit: int) -> list[list[int]]:
        found: list[list[int]] = [[] for _ in selections]
        parts, given = [], []
        for at, selection in enumerate(selections):
            sql, values = selected(selection, as_text=True)
            parts.append(f"SELECT {at}, text_id FROM ({sql} LIMIT ?)")
            given += [*values, limit]
        for at, revision_id in self._db.execute(" UNION ALL ".join(parts), given) if parts else ():
            found[at].append(revision_id)
        return found

    def newest_ids(self, selection: Selection, *, limit: int) -> list[int]:
        sql, values = selected(selection, as_text=True)
        return self._values(f"{sql} ORDER BY 1 DESC LIMIT ?", [*values, limit])

    def count(self, selection: Selection) -> int:
        sql, values = selected(selection)
        return int(self._value(f"SELECT count(*) FROM ({sql})", values))

    def selected_revisions(self, selection: Selection, uids: Iterable[str]) -> dict[str, int]:
        test, values = is_selected(selection, "r.id")
        sql = f"""
            SELECT a.uid, r.id FROM memories AS a JOIN revisions AS r ON r.memory_id = a.id
            WHERE a.uid IN (SELECT value FROM json_each(?)) AND {test}
        """
        return dict(self._db.execute(sql, [json.dumps(list(uids)), *values]).fetchall())

    def numbered(self, selection: Selection, number: int, prefix: str = "") -> list[int]:
        test, values = is_selected(selection, "r.id")
        sql = f"""
            SELECT r.id FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
            WHERE json_extract(r.draft, '$.details.number') = ? AND {test}
            AND instr(lower(coalesce(m.path, '') || ' ' || substr(r.draft ->> 'body', 1, 200)), ?)
            ORDER BY r.id
        """
        return self._values(sql, [number, *values, prefix.lower()])

    def count_pending(self) -> int:
        return int(self._value("SELECT count(*) FROM memories WHERE pending_file"))

    def pending(self) -> list[Memory]:
        sql = f"{_NEWEST} WHERE m.pending_file AND r.removed = 0 ORDER BY m.id"
        return [memory_of(row) for row in self._rows(sql, [])]

    def contains(self, uid: str) -> bool:
        return bool(self._value("SELECT 1 FROM memories WHERE uid = ?", [uid]))

    def is_as_read(self, memory: Memory) -> bool:
        sql = """
            SELECT 1 FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.uid = ? AND r.number = ? AND m.pending_file = ?
        """
        values = [memory.uid, memory.revision.number, memory.pending_file]
        return bool(self._value(sql, values))

    def moment(self) -> datetime:
        sql = "SELECT recorded_at FROM revisions WHERE number > 0 ORDER BY id DESC LIMIT 1"
        last = self._value(sql)
        now = datetime.now(UTC)
        return max(now, from_text(last)) if last else now

    def count_live(self, *, derived: bool = True) -> int:
        sql = f"""
            SELECT count(*) FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE r.removed = 0 AND m.kind NOT IN {UNFILED}
        """
        if not derived:
            sql += f" AND NOT {is_derived('r')}"
        return int(self._value(sql))

    def numbers(self) -> list[tuple[str, str, int]]:
        sql = """
            SELECT m.uid, m.path, json_extract(r.draft, '$.details.number')
            FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE m.kind = 'decision' AND NOT r.removed AND m.path IS NOT NULL
            AND json_extract(r.draft, '$.details.number') IS NOT NULL ORDER BY m.uid
        """
        return self._db.execute(sql).fetchall()

    def own_statuses(self) -> dict[str, tuple[str, str]]:
        sql = """
            SELECT m.uid, m.kind, CASE r.removed WHEN 1 THEN 'removed' ELSE r.status END
            FROM memories AS m JOIN revisions AS r ON r.id = m.newest ORDER BY m.kind, 3
        """
        return {uid: (kind, status) for uid, kind, status in self._db.execute(sql)}

    def _append(
        self,
        memory_id: int,
        number: int,
        draft: Draft,
        source: Source,
        at: datetime,
        *,
        removed: bool = False,
    ) -> int:
        cursor = self._db.execute(
            """
            INSERT INTO revisions (memory_id, number, digest, removed, title, status, agent,
                                   valid_from, valid_to, recorded_at, draft, source)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                memory_id,
                number,
                draft.digest,
                removed,
                draft.title,
                draft.status,
                draft.agent,
                self._begins_to_hold(memory_id, draft, at, removed=removed),
                to_text(draft.valid_to) if draft.valid_to else None,
                to_text(at),
                draft.model_dump_json(exclude_defaults=True),
                source.model_dump_json(exclude_defaults=True),
            ],
        )
        revision_id = int(cursor.lastrowid or 0)
        self._db.execute("UPDATE memories SET newest = ? WHERE id = ?", [revision_id, memory_id])
        labels = [("module", one) for one in draft.modules] + [("tag", one) for one in draft.tags]
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, ?, ?)",
            [(revision_id, *label) for label in labels],
        )
        return revision_id

    def _begins_to_hold(
        self, memory_id: int, draft: Draft, at: datetime, *, removed: bool
    ) -> str | None:
        if removed:
            return to_text(at)
        added_at = self._value("SELECT added_at FROM memories WHERE id = ?", [memory_id])
        since = began(draft, moment(added_at))
        return to_text(since) if since else None

    def _newest(self, uid: str) -> tuple[int, int, str, bool]:
        sql = """
            SELECT m.id, r.number, r.digest, r.removed
            FROM memories AS m JOIN revisions AS r ON r.id = m.newest WHERE m.uid = ?
        """
        row = self._db.execute(sql, [uid]).fetchone()
        if row is None:
            raise self._unknown(uid)
        return row[0], row[1], row[2], bool(row[3])

    def _newest_where(self, column: str, values: Sequence[str]) -> list[Memory]:
        sql = f"""
            {_NEWEST} WHERE {column} IN (SELECT value FROM json_each(?))
            ORDER BY m.path, m.first_line, m.id
        """
        return [memory_of(row) for row in self._rows(sql, [json.dumps(list(values))])]

    def _rows(self, sql: str, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
        return as_dicts(self._db.execute(sql, list(values)))

    def agents(self) -> list[str]:
        sql = """
            SELECT DISTINCT r.agent FROM memories AS m JOIN revisions AS r ON r.id = m.newest
            WHERE r.removed = 0 AND r.agent IS NOT NULL ORDER BY 1
        """
        return self._values(sql)

    def agents_of(self, revision_ids: Iterable[int]) -> dict[int, str]:
        sql = """
            SELECT id, agent FROM revisions
            WHERE agent IS NOT NULL AND id IN (SELECT value FROM json_each(?))
            AND json_extract(draft, '$.details.topic') IS NOT 'definition' ORDER BY id
        """
        return dict(self._db.execute(sql, [json.dumps(list(revision_ids))]).fetchall())

    def giving_orders(self, revision_ids: Iterable[int]) -> frozenset[int]:
        sql = """
            SELECT id FROM revisions WHERE id IN (SELECT value FROM json_each(?))
            AND json_array_length(source, '$.orders') > 0
        """
        return frozenset(self._values(sql, [json.dumps(list(revision_ids))]))

    def with_checks(self, lens: Lens) -> dict[str, int]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT m.uid, s.id FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
            WHERE m.kind IN {CHECKED} AND s.removed = 0
            AND json_array_length(s.draft, '$.details.checks') > 0 ORDER BY m.uid
        """
        return dict(self._db.execute(sql, values).fetchall())

    def review_triggers(self, lens: Lens) -> list[Watched]:
        seen, values = seen_through(lens)
        sql = f"""
            SELECT m.uid, m.kind, s.title, s.valid_from,
            json_extract(s.draft, '$.details.review_triggers', '$.modules')
            FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
            WHERE m.kind IN {REVIEWED} AND s.removed = 0
            AND json_array_length(s.draft, '$.details.review_triggers') > 0 ORDER BY m.uid
        """
        return [_watched(*row) for row in self._db.execute(sql, values)]


def _watched(uid: str, kind: str, title: str, since: str | None, said: str) -> Watched:
    triggers, modules = json.loads(said)
    return Watched(uid, kind, title, tuple(triggers), moment(since), tuple(modules or ()))
