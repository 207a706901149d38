"""What is known of the project's files, so that only changed ones are read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.models.file import KnownFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database


def known_files(db: Database) -> dict[str, KnownFile]:
    """Every file that has been seen, by its path."""
    sql = "SELECT path, size, mtime_ns, content_hash, state, problem, read_at_ns FROM files"
    return {row[0]: KnownFile(*row) for row in db.execute(sql)}


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
