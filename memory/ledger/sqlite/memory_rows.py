"""What rows of the ledger say of memories, as the memories they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from memory.kinds.vocabulary import Status
from memory.ledger.sqlite.repository import UnsoundRow
from memory.ledger.sqlite.seals import is_sound
from memory.ledger.times import from_text, moment
from memory.models.memory import Draft, Memory, Revision, Source
from memory.models.standing import DeclaredState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator


SAID = """
m.id, m.uid, m.path, m.first_line, m.last_line, m.entry, m.pending_file, r.id AS revision_id,
r.number, r.removed, r.recorded_at, r.draft, r.source, r.since, r.committed_in, m.added_at,
(SELECT max(number) FROM revisions WHERE memory_id = m.id) AS revisions
"""
MEMORY = f"""
{SAID},
{is_sound("revisions", "r")} AND {is_sound("memories", "m")} AS is_sound
"""


def state_of(status: str, begins: str | None, ends: str | None, removed: int) -> DeclaredState:
    """How a revision says that it stands; what was removed has ended on the day of that."""
    since, until = moment(begins), moment(ends)
    return (
        DeclaredState(Status.WITHDRAWN, None, since)
        if removed
        else DeclaredState(Status(status), since, until)
    )


def revision_of(row: dict[str, Any]) -> Revision:
    """The revision of a row.

    Raises:
        UnsoundRow: it is not as it was written.
    """
    if not row["is_sound"]:
        raise UnsoundRow(f"revision {row['number']} of {row['uid']} is not as it was written")
    return Revision(
        number=max(row["number"], 0),  # those that only git tells of are below 0
        draft=Draft.model_validate_json(row["draft"]),
        source=Source.model_validate_json(row["source"]),
        recorded_at=from_text(row["recorded_at"]),
        removed=bool(row["removed"]),
        added_at=moment(row["added_at"]),
        since=moment(row["since"]),
        committed_in=row["committed_in"],
    )


def as_dicts(cursor: sqlite3.Cursor) -> Iterator[dict[str, Any]]:
    """Rows by the names of their columns."""
    names = [column[0] for column in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)


def memories_by_revision(cursor: sqlite3.Cursor) -> dict[int, Memory]:
    """The memories of rows that have the columns `MEMORY`, by the revision's id."""
    return {row["revision_id"]: memory_of(row) for row in as_dicts(cursor)}


def memory_of(row: dict[str, Any]) -> Memory:
    """The memory of a row that has the columns `MEMORY`.

    Raises:
        UnsoundRow: it is not as it was written.
    """
    lines = (row["first_line"], row["last_line"]) if row["first_line"] is not None else None
    return Memory(
        uid=row["uid"],
        revision=revision_of(row),
        revisions=row["revisions"],
        path=row["path"],
        lines=lines,
        entry=row["entry"],
        pending_file=bool(row["pending_file"]),
    )
