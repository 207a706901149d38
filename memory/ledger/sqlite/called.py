"""Which memory is meant by what people call one: "#29", "ADR-0013", "docs/adr/0013-x.md:1"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.ledger.sqlite.database import SqliteDatabase

MOST = 6  # that could be meant
#: What any project's records may be called; others have to be called so themselves, as a TEP is.
ANY_RECORD = frozenset({"adr", "rfc", "otep", "kep", "decision", "record"})
_NUMBERED = re.compile(r"#?(?:([A-Za-z]{2,12})[\s#_-]{0,3})?0*(\d{1,5})")
_PLACE = re.compile(r"(?:\./)?(.+?)(?::(\d{1,9})(?:[-:]\d+)?)?")


def uids_called(db: SqliteDatabase, name: str) -> list[str]:
    """The uids of what has this number, or stands in this file, at its line if one is said.

    A file may be named from the project's root, as part of a longer path or by its last parts;
    what is named whole comes before what only ends so.
    """
    return _numbered(db, name.strip()) or _placed(db, name.strip())


def _numbered(db: SqliteDatabase, name: str) -> list[str]:
    number = _NUMBERED.fullmatch(name)
    is_kind = "SELECT 1 FROM memories WHERE uid LIKE ? || '-%'"
    if not number or (number[1] and db.execute(is_kind, [number[1]]).fetchone()):
        return []  # "dec-12" begins like a uid, and is none
    prefix = (number[1] or "").lower()
    sql = """
        SELECT m.uid FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE NOT r.removed AND json_extract(r.draft, '$.details.number') = ?
        AND instr(lower(coalesce(m.path, '') || ' ' || substr(r.draft ->> 'body', 1, 200)), ?)
        ORDER BY m.uid LIMIT ?
    """
    own = "" if prefix in ANY_RECORD else prefix
    return [uid for (uid,) in db.execute(sql, [int(number[2]), own, MOST])]


def _placed(db: SqliteDatabase, name: str) -> list[str]:
    place = _PLACE.fullmatch(name)
    if not place:
        return []
    path, line = place.groups()
    sql = """
        SELECT m.uid, m.path = :path FROM memories AS m JOIN revisions AS r ON r.id = m.newest
        WHERE NOT r.removed
        AND (substr('/' || m.path, -length('/' || :path)) = '/' || :path
            OR substr(:path, -length('/' || m.path)) = '/' || m.path)
        AND (:line IS NULL OR :line BETWEEN m.first_line AND m.last_line)
        ORDER BY m.path <> :path, m.uid LIMIT :most
    """
    rows = db.execute(sql, {"path": path, "line": line and int(line), "most": MOST}).fetchall()
    return [uid for uid, is_whole in rows if is_whole or not rows[0][1]]
