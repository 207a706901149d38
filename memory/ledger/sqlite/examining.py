"""Looks through a whole ledger for what is no longer as it was written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from typing import TYPE_CHECKING

from memory.ledger.damage import Damage, DamagedRows
from memory.ledger.sqlite.seals import SEALED, WORDS, is_sound, words_digest

if TYPE_CHECKING:
    from memory.ledger.sqlite.database import SqliteDatabase
    from memory.ledger.sqlite.seals import SealedTable

SCHEMA = "schema"  # the fact that says what the schema's digest is
_MOST = 20  # things that SQLite is asked for at most

#: To which memory a row belongs, by the row's alias `t`.
_OWNERS = {
    "memories": "SELECT t.uid",
    "revisions": "SELECT uid FROM memories WHERE id = t.memory_id",
    "anchors": "SELECT uid FROM memories WHERE id = t.memory_id",
    "embeddings": """
        SELECT m.uid FROM passages AS p JOIN revisions AS r ON r.id = p.revision_id
        JOIN memories AS m ON m.id = r.memory_id WHERE p.text_hash = t.text_hash LIMIT 1
    """,
    **dict.fromkeys(
        ("labels", "links", "passages"),
        "SELECT m.uid FROM revisions AS r JOIN memories AS m ON m.id = r.memory_id "
        "WHERE r.id = t.revision_id",
    ),
}


def examine(db: SqliteDatabase) -> Damage | None:
    """What is wrong with a ledger; None when every page, row and word is as it was written."""
    structure = _structure(db)
    rows = []
    for table in SEALED:
        try:
            found = _unsound(db, table)
        except sqlite3.DatabaseError as error:
            structure.append(f"{table.name}: {error}")
        else:
            rows += [found] if found else []
    try:
        if _fact(db, WORDS) != words_digest(db):
            rows.append(DamagedRows("pages of the full text, which is made anew"))
    except sqlite3.DatabaseError as error:
        structure.append(f"the full text: {error}")
    return Damage(tuple(structure), tuple(rows)) if structure or rows else None


def schema_digest(db: SqliteDatabase) -> str:
    """Stands for the definitions of all tables, indexes and triggers."""
    sql = "SELECT name, CAST(sql AS BLOB) FROM sqlite_schema ORDER BY name"
    said = repr([row for row in db.execute(sql) if not row[0].startswith("sqlite_")])
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _structure(db: SqliteDatabase) -> list[str]:
    try:
        found = [row[0] for row in db.execute(f"PRAGMA integrity_check({_MOST})")]
        said = [line.splitlines()[-1] for line in found if line != "ok"]
        if _fact(db, SCHEMA) != schema_digest(db):
            said.append("its tables are not defined as they were")
    except sqlite3.DatabaseError as error:
        return [str(error)]
    return said


def _fact(db: SqliteDatabase, name: str) -> str | None:
    row = db.execute("SELECT value FROM facts WHERE name = ?", [name]).fetchone()
    return row[0] if row else None


def _unsound(db: SqliteDatabase, table: SealedTable) -> DamagedRows | None:
    owner = _OWNERS.get(table.name, "SELECT NULL")
    sql = f"""
        SELECT json_group_array(hex(u.uid)), count(*) FROM (
            SELECT ({owner}) AS uid FROM {table.name} AS t
            WHERE NOT {is_sound(table.name, "t")}
        ) AS u
    """
    uids, count = db.execute(sql).fetchone()
    if not count:
        return None
    named = (bytes.fromhex(one).decode("ascii", "replace") for one in json.loads(uids) if one)
    return DamagedRows(table.name, count, tuple(sorted(set(named))))
