"""What is known of the project's files, so that only changed ones are read again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.models.file import KnownFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database


def known_files(db: Database, only: Iterable[str] | None = None) -> dict[str, KnownFile]:
    """Every file that has been seen, by its path.

    Args:
        db: An open ledger.
        only: Only these paths and what is below them.
    """
    sql = """
        SELECT files.path, size, mtime_ns, content_hash, state, problem, read_at_ns FROM files
    """
    if only is None:
        return {row[0]: KnownFile(*row) for row in db.execute(sql)}
    # '0' is the character after '/'. By two queries, as one with OR would read the whole table.
    sql = f"""
        {sql} WHERE files.path IN (SELECT value FROM json_each(:places))
        UNION {sql} JOIN json_each(:places) AS place
        ON files.path > place.value || '/' AND files.path < place.value || '0'
    """
    places = json.dumps(sorted(only))
    return {row[0]: KnownFile(*row) for row in db.execute(sql, {"places": places})}


def files_with_problems(db: Database) -> dict[str, str]:
    """What was wrong with files when they were last read, a line each, by path."""
    sql = "SELECT path, problem FROM files WHERE problem != ''"
    return dict(db.execute(sql).fetchall())


def save_files(db: Database, files: Iterable[KnownFile]) -> None:
    """Note how these files were found, in place of what was known of them."""
    db.conn.executemany(
        """
        INSERT OR REPLACE INTO files
            (path, size, mtime_ns, content_hash, state, problem, read_at_ns)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        [
            (f.path, f.size, f.mtime_ns, f.content_hash, f.state, f.problem, f.read_at_ns)
            for f in files
        ],
    )


def forget_files(db: Database, paths: Iterable[str]) -> None:
    """These files are gone."""
    db.conn.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])
