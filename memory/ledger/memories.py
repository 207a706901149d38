"""Memories and their revisions: adding, revising, moving, removing, reading."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from memory.errors import AmbiguousUid, UnknownMemory
from memory.ledger.selecting import UNFILED, is_derived, is_selected, seen_through, selected
from memory.ledger.times import from_text, to_text
from memory.models.kinds import Status
from memory.models.revision import Draft, Memory, Revision, Source
from memory.models.standing import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.selection import Lens, Selection

_COLUMNS = """
m.id, m.uid, m.path, m.first_line, m.last_line, m.entry, m.pending_file, r.id AS revision_id,
r.number, r.removed, r.recorded_at, r.draft, r.source,
(SELECT max(number) FROM revisions WHERE memory_id = m.id) AS revisions
"""


def save_memory(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> int:
    """Add a memory with its first revision.

    Returns:
        The id of the revision.

    Raises:
        sqlite3.IntegrityError: the uid is taken.
    """
    cursor = db.execute("INSERT INTO memories (uid, kind) VALUES (?, ?)", [uid, draft.kind])
    place_memory(db, uid, source.path, draft)
    return _append(db, int(cursor.lastrowid or 0), 1, draft, source, at)


def save_revision(db: Database, uid: str, draft: Draft, source: Source, at: datetime) -> int | None:
    """Add a revision if it says something new; bring a removed memory back if it is one.

    Returns:
        The id of the new revision, or None when the newest one says the same already.

    Raises:
        UnknownMemory: there is no such memory.
    """
    memory_id, number, digest, removed = _newest(db, uid)
    place_memory(db, uid, source.path, draft)
    if digest == draft.digest and not removed:
        return None
    return _append(db, memory_id, number + 1, draft, source, at)


def remove_memory(db: Database, uid: str, source: Source, at: datetime) -> bool:
    """Add a tombstone: the source no longer says this, from `at` on.

    It repeats the last words, so that the memory is known again should they come back.

    Returns:
        Whether there was something to remove.
    """
    memory_id, number, _, removed = _newest(db, uid)
    if removed:
        return False
    draft = fetch_memory(db, uid).revision.draft
    _append(db, memory_id, number + 1, draft, source, at, removed=True)
    return True


def place_memory(db: Database, uid: str, path: str | None, draft: Draft) -> None:
    """Note where a memory's text stands now, and as what; its revisions stay as they are."""
    first, last = draft.lines or (None, None)
    db.execute(
        """
        UPDATE memories SET kind = ?, path = ?, first_line = ?, last_line = ?, entry = ?
        WHERE uid = ?
        """,
        [draft.kind, path, first, last, draft.key, uid],
    )


def mark_pending(db: Database, uid: str, *, is_pending: bool) -> None:
    """Note whether a record still waits to be written to the project's file."""
    db.execute("UPDATE memories SET pending_file = ? WHERE uid = ?", [is_pending, uid])


def fetch_memory(db: Database, uid: str, lens: Lens | None = None) -> Memory:
    """A memory by its uid; removed ones too.

    Raises:
        UnknownMemory: there is none, or the lens shows nothing of it.
    """
    if lens is None or lens.is_now:
        sql = f"SELECT {_COLUMNS} FROM memories AS m JOIN revisions AS r ON r.id = m.newest"
        values: list[str] = []
    else:
        seen, values = seen_through(lens)
        sql = f"SELECT {_COLUMNS} FROM memories AS m JOIN ({seen}) AS r ON r.memory_id = m.id"
    for row in _rows(db, f"{sql} WHERE m.uid = ?", [*values, uid]):
        return _memory(row)
    raise UnknownMemory(uid)


def titles_of(db: Database, uids: Iterable[str]) -> dict[str, str]:
    """What these memories are called now, by uid, in the order of uids."""
    sql = """
        SELECT m.uid, r.title FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.uid IN (SELECT value FROM json_each(?)) ORDER BY m.uid
    """
    return dict(db.execute(sql, [json.dumps(list(uids))]).fetchall())


def find_uid(db: Database, beginning: str) -> str:
    """The uid that is, or begins like, `beginning`.

    Raises:
        UnknownMemory: none does.
        AmbiguousUid: several do.
    """
    pattern = beginning.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
    sql = r"SELECT uid FROM memories WHERE uid = ? OR uid LIKE ? ESCAPE '\' ORDER BY uid LIMIT 6"
    uids = [uid for (uid,) in db.execute(sql, [beginning, pattern])]
    if beginning in uids:
        return beginning
    if not uids or not beginning:
        raise UnknownMemory(beginning)
    if len(uids) > 1:
        raise AmbiguousUid(beginning, uids)
    return str(uids[0])


def fetch_history(db: Database, uid: str) -> list[Revision]:
    """All revisions of a memory, the first one first.

    Raises:
        UnknownMemory: there is no such memory.
    """
    sql = """
        SELECT r.number, r.removed, r.recorded_at, r.draft, r.source
        FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
        WHERE m.uid = ? ORDER BY r.number
    """
    revisions = [_revision(row) for row in _rows(db, sql, [uid])]
    if not revisions:
        raise UnknownMemory(uid)
    return revisions


def list_memories(db: Database, selection: Selection) -> list[Memory]:
    """The memories of a selection, the one that began to hold last first, undated ones last."""
    ids, values = selected(selection)
    sql = f"""
        SELECT {_COLUMNS} FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
        WHERE r.id IN ({ids}) ORDER BY r.valid_from DESC, r.title, m.uid
    """
    return [_memory(row) for row in _rows(db, sql, values)]


def listed_ids(db: Database, selection: Selection, *, limit: int | None = None) -> dict[str, int]:
    """The ids of these revisions by their memories' uids, in the order of `list_memories`."""
    ids, values = selected(selection)
    sql = f"""
        SELECT m.uid, r.id FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
        WHERE r.id IN ({ids}) ORDER BY r.valid_from DESC, r.title, m.uid LIMIT ?
    """
    return dict(db.execute(sql, [*values, -1 if limit is None else limit]).fetchall())


class Head(NamedTuple):
    """As much of a revision as it takes to rank it."""

    revision_id: int
    uid: str
    title: str
    path: str | None
    valid_from: str | None  # as `times` writes it
    status: str  # by its own words
    derived: int = 0  # 1 if archmem worked it out itself
    text_hashes: str = "[]"  # JSON: the names of its embedded texts, in the order of its passages


def fetch_heads(db: Database, revision_ids: Iterable[int]) -> list[Head]:
    """The heads of these revisions, in the order of their ids."""
    sql = f"""
        SELECT r.id, m.uid, r.title, m.path, r.valid_from, r.status, {is_derived("r")},
            (SELECT json_group_array(text_hash) FROM (
                SELECT text_hash FROM passages WHERE revision_id = r.id ORDER BY position
            ))
        FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id
        WHERE r.id IN (SELECT value FROM json_each(?)) ORDER BY r.id
    """
    return [Head(*row) for row in db.execute(sql, [json.dumps(list(revision_ids))])]


def fetch_by_revision(db: Database, revision_ids: Iterable[int]) -> dict[int, Memory]:
    """Memories as these revisions show them, by the revision's id."""
    return {
        row["revision_id"]: _memory(row)
        for some in _by_hundreds(list(revision_ids))
        for row in _rows(
            db,
            f"SELECT {_COLUMNS} FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id "
            f"WHERE r.id IN ({', '.join('?' * len(some))})",
            some,
        )
    }


def fetch_states(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, State]:
    """How these memories stand by their own words; those the lens does not show are left out.

    What was removed stands as withdrawn, and has ended on the day of its removal.
    """
    seen, values = seen_through(lens)
    sql = f"""
        SELECT m.uid, s.status, s.valid_from, s.valid_to, s.removed FROM ({seen}) AS s
        JOIN memories AS m ON m.id = s.memory_id
        WHERE m.uid IN (SELECT value FROM json_each(?))
    """
    return {uid: _state(*said) for uid, *said in db.execute(sql, [*values, json.dumps(list(uids))])}


def _state(status: str, begins: str | None, ends: str | None, removed: int) -> State:
    since, until = (from_text(text) if text else None for text in (begins, ends))
    return State(Status.WITHDRAWN, None, since) if removed else State(Status(status), since, until)


def memories_in_files(db: Database, paths: Sequence[str]) -> list[Memory]:
    """The memories that stand, or before their removal last stood, in these files."""
    return _newest_where(db, "m.path", paths)


def removed_memories_saying(db: Database, digests: Sequence[str]) -> list[Memory]:
    """The removed memories whose last words have one of these digests."""
    return [m for m in _newest_where(db, "r.digest", digests) if m.revision.removed]


def memories_with_uids(db: Database, uids: Sequence[str]) -> list[Memory]:
    """The memories among these uids, removed ones too."""
    return _newest_where(db, "m.uid", uids)


def record_paths(db: Database) -> frozenset[str]:
    """The files that memories stand in."""
    sql = "SELECT DISTINCT path FROM memories WHERE path IS NOT NULL"
    return frozenset(path for (path,) in db.execute(sql))


def selected_ids(db: Database, selection: Selection, *, limit: int) -> list[int]:
    """The ids of up to `limit` selected revisions, in no particular order."""
    sql, values = selected(selection)
    return [row[0] for row in db.execute(f"{sql} LIMIT ?", [*values, limit])]


def newest_ids(db: Database, selection: Selection, *, limit: int) -> list[int]:
    """The same, the revisions that were recorded last first."""
    sql, values = selected(selection)
    return [row[0] for row in db.execute(f"{sql} ORDER BY s.id DESC LIMIT ?", [*values, limit])]


def count_selected(db: Database, selection: Selection) -> int:
    """How many memories a selection means."""
    sql, values = selected(selection)
    return int(db.execute(f"SELECT count(*) FROM ({sql})", values).fetchone()[0])


def selected_revisions(db: Database, selection: Selection, uids: Iterable[str]) -> dict[str, int]:
    """The ids of the selected revisions among these memories', by uid."""
    test, values = is_selected(selection, "r.id")
    sql = f"""
        SELECT a.uid, r.id FROM memories AS a JOIN revisions AS r ON r.memory_id = a.id
        WHERE a.uid IN (SELECT value FROM json_each(?)) AND {test}
    """
    return dict(db.execute(sql, [json.dumps(list(uids)), *values]).fetchall())


def numbered_revisions(db: Database, selection: Selection, number: int) -> list[int]:
    """The ids of the selected revisions of decisions that have a number; several may."""
    test, values = is_selected(selection, "r.id")
    sql = f"""
        SELECT r.id FROM revisions AS r
        WHERE json_extract(r.draft, '$.details.number') = ? AND {test} ORDER BY r.id
    """
    return [row[0] for row in db.execute(sql, [number, *values])]


def count_pending_files(db: Database) -> int:
    """How many records wait to be written to their file."""
    return int(db.execute("SELECT count(*) FROM memories WHERE pending_file").fetchone()[0])


def pending_memories(db: Database) -> list[Memory]:
    """The records that wait to be written to their file, in the order of recording."""
    sql = f"""
        SELECT {_COLUMNS} FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.pending_file AND r.removed = 0 ORDER BY m.id
    """
    return [_memory(row) for row in _rows(db, sql, [])]


def contains_uid(db: Database, uid: str) -> bool:
    """Whether a memory, removed or not, has this uid."""
    return db.execute("SELECT 1 FROM memories WHERE uid = ?", [uid]).fetchone() is not None


def is_as_read(db: Database, memory: Memory) -> bool:
    """Whether nothing has been recorded of a memory since it was read."""
    sql = """
        SELECT 1 FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE m.uid = ? AND r.number = ? AND m.pending_file = ?
    """
    values = [memory.uid, memory.revision.number, memory.pending_file]
    return db.execute(sql, values).fetchone() is not None


def count_live(db: Database, *, derived: bool = True) -> int:
    """How many memories there are that have not been removed; what no file ever says left out.

    Args:
        db: An open ledger.
        derived: Count those too that archmem worked out itself and no file says.
    """
    sql = f"""
        SELECT count(*) FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE r.removed = 0 AND m.kind NOT IN {UNFILED}
    """
    if not derived:
        sql += f" AND NOT {is_derived('r')}"
    return int(db.execute(sql).fetchone()[0])


def own_statuses(db: Database) -> dict[str, tuple[str, str]]:
    """The kind of every memory and its status by its own words, or `removed`, by uid."""
    sql = """
        SELECT m.uid, m.kind, CASE r.removed WHEN 1 THEN 'removed' ELSE r.status END
        FROM memories AS m JOIN revisions AS r ON r.id = m.newest ORDER BY m.kind, 3
    """
    return {uid: (kind, status) for uid, kind, status in db.execute(sql)}


def _append(
    db: Database,
    memory_id: int,
    number: int,
    draft: Draft,
    source: Source,
    at: datetime,
    *,
    removed: bool = False,
) -> int:
    cursor = db.execute(
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
            _begins_to_hold(draft, at, removed=removed),
            to_text(draft.valid_to) if draft.valid_to else None,
            to_text(at),
            draft.model_dump_json(exclude_defaults=True),
            source.model_dump_json(exclude_defaults=True),
        ],
    )
    revision_id = int(cursor.lastrowid or 0)
    db.execute("UPDATE memories SET newest = ? WHERE id = ?", [revision_id, memory_id])
    labels = [("module", module) for module in draft.modules] + [("tag", tag) for tag in draft.tags]
    db.conn.executemany(
        "INSERT OR IGNORE INTO labels (revision_id, name, value) VALUES (?, ?, ?)",
        [(revision_id, name, value) for name, value in labels],
    )
    return revision_id


def _begins_to_hold(draft: Draft, at: datetime, *, removed: bool) -> str | None:
    if removed:
        return to_text(at)
    return to_text(draft.valid_from) if draft.valid_from else None


def _newest(db: Database, uid: str) -> tuple[int, int, str, bool]:
    sql = """
        SELECT m.id, r.number, r.digest, r.removed
        FROM memories AS m JOIN revisions AS r ON r.id = m.newest WHERE m.uid = ?
    """
    row = db.execute(sql, [uid]).fetchone()
    if row is None:
        raise UnknownMemory(uid)
    return row[0], row[1], row[2], bool(row[3])


def _newest_where(db: Database, column: str, values: Sequence[str]) -> list[Memory]:
    return [
        _memory(row)
        for some in _by_hundreds(values)
        for row in _rows(
            db,
            f"SELECT {_COLUMNS} FROM memories AS m JOIN revisions AS r ON r.id = m.newest "
            f"WHERE {column} IN ({', '.join('?' * len(some))}) "
            "ORDER BY m.path, m.first_line, m.id",
            some,
        )
    ]


def _rows(db: Database, sql: str, values: Sequence[Any]) -> Iterator[dict[str, Any]]:
    cursor = db.execute(sql, list(values))
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def _revision(row: dict[str, Any]) -> Revision:
    return Revision(
        number=row["number"],
        draft=Draft.model_validate_json(row["draft"]),
        source=Source.model_validate_json(row["source"]),
        recorded_at=from_text(row["recorded_at"]),
        removed=bool(row["removed"]),
    )


def _memory(row: dict[str, Any]) -> Memory:
    lines = (row["first_line"], row["last_line"]) if row["first_line"] is not None else None
    return Memory(
        uid=row["uid"],
        revision=_revision(row),
        revisions=row["revisions"],
        path=row["path"],
        lines=lines,
        entry=row["entry"],
        pending_file=bool(row["pending_file"]),
    )


def _by_hundreds(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices small enough for SQLite's limit on bound values."""
    return (values[start : start + 500] for start in range(0, len(values), 500))
