"""What is known of the project's files, so that only changed ones are read again.

Each worktree has its own files; of those at one path, one is where the text is from that
holds. Where that one goes, another has to be read again: the main worktree's, if it has one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.models.file import MAIN, NOTED, READ, STALE, KnownFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database

_COLUMNS = ", ".join(f"files.{name}" for name in KnownFile._fields)


def known_files(
    db: Database, only: Iterable[str] | None = None, *, worktree: str = MAIN
) -> dict[str, KnownFile]:
    """Every file that has been seen in a worktree, by its path.

    Args:
        db: An open ledger.
        only: Only these paths and what is below them.
        worktree: Which one.
    """
    sql = f"SELECT {_COLUMNS} FROM files"
    if only is None:
        rows = db.execute(f"{sql} WHERE worktree = ?", [worktree])
        return {row[0]: KnownFile(*row) for row in rows}
    # '0' is the character after '/'. By two queries, as one with OR would read the whole table.
    sql = f"""
        {sql} WHERE worktree = :worktree
        AND files.path IN (SELECT value FROM json_each(:places))
        UNION {sql} JOIN json_each(:places) AS place
        ON files.path > place.value || '/' AND files.path < place.value || '0'
        WHERE worktree = :worktree
    """
    rows = db.execute(sql, {"places": json.dumps(sorted(only)), "worktree": worktree})
    return {row[0]: KnownFile(*row) for row in rows}


def files_elsewhere(db: Database, paths: Iterable[str], *, worktree: str) -> list[KnownFile]:
    """The files at these paths that have been seen in other worktrees."""
    sql = f"""
        SELECT {_COLUMNS} FROM files
        WHERE path IN (SELECT value FROM json_each(?)) AND worktree != ?
        ORDER BY worktree, path
    """
    rows = db.execute(sql, [json.dumps(list(paths)), worktree])
    return [KnownFile(*row) for row in rows]


def files_of_others(db: Database, worktrees: Iterable[str]) -> list[KnownFile]:
    """The files seen in worktrees other than these."""
    sql = f"""
        SELECT {_COLUMNS} FROM files
        WHERE worktree NOT IN (SELECT value FROM json_each(?)) ORDER BY worktree, path
    """
    return [KnownFile(*row) for row in db.execute(sql, [json.dumps(list(worktrees))])]


def files_with_problems(db: Database) -> dict[str, str]:
    """What was wrong with files when they were last read, a line each, by path.

    Of a path with problems in several worktrees, it is what was wrong in the main one.
    """
    sql = "SELECT path, problem FROM files WHERE problem != '' ORDER BY worktree DESC"
    return dict(db.execute(sql).fetchall())


def save_files(db: Database, files: Iterable[KnownFile]) -> None:
    """Note how these files were found, in place of what was known of them.

    The text of a file that was read holds from now on: those of the same path in other
    worktrees are merely noted.
    """
    files = list(files)
    db.conn.executemany(
        f"""
        INSERT OR REPLACE INTO files ({", ".join(KnownFile._fields)})
        VALUES ({", ".join("?" * len(KnownFile._fields))})
        """,
        files,
    )
    db.conn.executemany(
        "UPDATE files SET state = ? WHERE path = ? AND worktree != ? AND state = ?",
        [(NOTED, file.path, file.worktree, READ) for file in files if file.state == READ],
    )


def reopen_file(db: Database, path: str, said: str, *, worktree: str = MAIN) -> None:
    """A file was written: it is to be read again, even if somebody puts it back as it was.

    Args:
        db: An open ledger, for writing.
        path: The file.
        said: The digest of what was written to it.
        worktree: In which it was.
    """
    new = KnownFile(path, 0, 0, None, STALE, None, 0, worktree)
    db.execute(
        f"""
        INSERT OR IGNORE INTO files ({", ".join(KnownFile._fields)})
        VALUES ({", ".join("?" * len(KnownFile._fields))})
        """,
        new,
    )
    db.execute(
        """
        UPDATE files SET state = ?, said = trim(said || ' ' || ?)
        WHERE path = ? AND worktree = ?
        """,
        [STALE, said, path, worktree],
    )


def forget_files(db: Database, paths: Iterable[str], *, worktree: str = MAIN) -> None:
    """These files are gone from a worktree; what held from them has to be read elsewhere."""
    paths = list(paths)
    wake_elsewhere(db, paths, worktree=worktree)
    db.conn.executemany(
        "DELETE FROM files WHERE worktree = ? AND path = ?", [(worktree, path) for path in paths]
    )


def wake_elsewhere(db: Database, paths: Sequence[str], *, worktree: str) -> None:
    """Where what holds is from this worktree, another one's file is to be read again.

    The main worktree's comes first.
    """
    db.conn.executemany(
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
        [{"path": path, "worktree": worktree, "noted": NOTED, "stale": STALE} for path in paths],
    )


def reopen_files(db: Database, *, besides: str) -> None:
    """What holds from other worktrees than `besides` is to be read again."""
    db.execute(
        "UPDATE files SET state = ? WHERE state = ? AND worktree != ?", [STALE, READ, besides]
    )
