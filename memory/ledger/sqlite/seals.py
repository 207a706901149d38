"""A checksum for every row, kept by triggers, so that a byte that changed on the disk is noticed.

It guards against accidents, not against forgers: whoever can write the file can seal it too.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from sqlite_utils import Database

FUNCTION = "archmem_seal"


class SealedTable(NamedTuple):
    """A table each of whose rows has a `seal`."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]  # that are sealed, the key among them


SEALED = (
    SealedTable(
        "memories",
        ("id",),
        (
            *("id", "uid", "kind", "newest", "path", "first_line", "last_line", "entry"),
            *("pending_file", "added_at", "added_in"),
        ),
    ),
    SealedTable(
        "revisions",
        ("id",),
        (
            *("id", "memory_id", "number", "digest", "removed", "title", "status", "agent"),
            *("valid_from", "valid_to", "recorded_at", "draft", "source"),
            *("since", "committed_in", "place"),
        ),
    ),
    SealedTable("labels", ("revision_id", "name", "value"), ("revision_id", "name", "value")),
    SealedTable(
        "links",
        ("id",),
        ("id", "revision_id", "type", "inverse", "partial", "target", "target_id", "evidence"),
    ),
    SealedTable(
        "passages",
        ("id",),
        (
            *("id", "revision_id", "position", "title", "heading", "text"),
            *("first_line", "last_line", "text_hash"),
        ),
    ),
    SealedTable("embeddings", ("model", "text_hash"), ("model", "text_hash", "vector")),
    SealedTable("facts", ("name",), ("name", "value")),
    SealedTable(
        "anchors",
        ("memory_id", "type", "name"),
        (
            *("memory_id", "type", "name", "verdict", "reason", "target", "place", "position"),
            *("revision_id", "since", "commit_hash"),
        ),
    ),
    SealedTable("consolidations", ("id",), ("id", "proposal", "said", "applied_at", "undone_at")),
    SealedTable("changes", ("seq",), ("seq", "what", "memory_id", "revision_id")),
    SealedTable("names", ("name", "memory_id"), ("name", "memory_id")),
    SealedTable("link_names", ("name", "link_id"), ("name", "link_id")),
    SealedTable(
        "files",
        ("path", "worktree"),
        (
            *("path", "size", "mtime_ns", "content_hash", "state", "problem", "read_at_ns"),
            *("worktree", "said"),
        ),
    ),
    SealedTable("code_facts", ("extractor", "blob"), ("extractor", "blob", "facts")),
    SealedTable(
        "code_files",
        ("worktree", "path"),
        ("worktree", "path", "size", "mtime_ns", "blob", "read_at_ns"),
    ),
)

#: What FTS5 keeps the words in. It has no room for seals, and a trigger on it crashes SQLite
#: 3.40, so all of it has one digest.
_WORDS = (
    "SELECT id, block FROM revisions_text_data ORDER BY id",
    "SELECT id, sz FROM revisions_text_docsize ORDER BY id",
    "SELECT segid, term, pgno FROM revisions_text_idx ORDER BY segid, term",
)
WORDS = "words"  # the fact that says what their digest is


def seal(*values: bytes | None) -> int:
    """The checksum of a row's values, given as blobs: 64 bits of BLAKE2b, with a sign."""
    joined = b"\0".join([value or b"" for value in values])
    return int.from_bytes(hashlib.blake2b(joined, digest_size=8).digest(), "big", signed=True)


def register(connection: sqlite3.Connection) -> None:
    """Afterwards the connection can write and check sealed rows; without, it can only read."""
    connection.create_function(FUNCTION, -1, seal, deterministic=True)


def seal_of(row: str, columns: Sequence[str]) -> str:
    """The SQL of a row's checksum as it should be; what is no longer UTF-8 raises nothing."""
    return f"{FUNCTION}({', '.join(f'CAST({row}.{name} AS BLOB)' for name in columns)})"


def is_sound(table: str, row: str) -> str:
    """The SQL test of whether a row of a sealed table is as it was written."""
    columns = next(one.columns for one in SEALED if one.name == table)
    return f"({row}.seal IS {seal_of(row, columns)})"


def seal_tables(db: Database) -> None:
    """Afterwards every row has a seal, and keeps it true."""
    for name, key, columns in SEALED:
        db.execute(f"ALTER TABLE {name} ADD COLUMN seal INTEGER")
        db.execute(f"UPDATE {name} SET seal = {seal_of(name, columns)}")
        row = " AND ".join(f"{one} = NEW.{one}" for one in key)
        anew = f"UPDATE {name} SET seal = {seal_of('NEW', columns)} WHERE {row};"
        for when, of in (("insert", "INSERT"), ("update", f"UPDATE OF {', '.join(columns)}")):
            db.execute(f"CREATE TRIGGER {name}_seal_{when} AFTER {of} ON {name} BEGIN {anew} END")


def words_digest(db: Database) -> str:
    """Stands for the whole full text, what this transaction added to it included."""
    if db.conn.in_transaction:  # FTS5 writes what it has gathered when a savepoint begins
        db.execute("SAVEPOINT words")
        db.execute("RELEASE words")
    digest = hashlib.blake2b(digest_size=16)
    for sql in _WORDS:
        for row in db.execute(sql):
            for value in row:
                digest.update(value if isinstance(value, bytes) else b"%d;" % (value or 0))
    return digest.hexdigest()
