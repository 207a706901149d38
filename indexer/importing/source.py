"""What a memory of another tool is, and which tool's a file or folder is."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from memory.texts.plain_file import read_beginning, read_plain_text
from memory.texts.safe_text import read_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

UnreadableDatabase = sqlite3.Error
_SQLITE = b"SQLite format 3\0"
_LARGEST = 256 << 20  # bytes of an export


class ForeignMemory(NamedTuple):
    """Something that another tool remembers."""

    id: str  # no other folder or machine has it for another memory
    title: str
    text: str
    at: datetime | None = None
    topic: str = ""
    tags: tuple[str, ...] = ()


class MemorySource(ABC):
    """A tool whose memories can be read."""

    name: ClassVar[str]

    @abstractmethod
    def accepts(self, path: Path) -> bool:
        """Whether a file or folder is of this tool; it is only looked at."""

    @abstractmethod
    def read(self, path: Path, project: str) -> Iterator[ForeignMemory]:
        """What it remembers of a project, by the name of its folder, the oldest first.

        Raises:
            OSError, UnreadableDatabase: it cannot be read.
        """


def tables_of(path: Path) -> dict[str, set[str]]:
    """The columns of each table of a SQLite file or a JSON export; nothing of another file."""
    if not _is_sqlite(path):
        return {name: set().union(*rows) for name, rows in _exported(path).items()}
    with closing(_open_readonly(path)) as db:
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
        names = [str(name) for (name,) in db.execute(sql)]
        return {
            name: {str(one[1]) for one in db.execute(f"PRAGMA table_info([{name}])")}
            for name in names
            if "]" not in name
        }


def rows_of(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """The rows of those of these tables that a SQLite file or a JSON export has, as they stand."""
    if not _is_sqlite(path):
        exported = _exported(path)
        yield from (row for name in names for row in exported.get(name, ()))
        return
    stored = tables_of(path)
    with closing(_open_readonly(path)) as db:
        for name in names:
            if name in stored:
                yield from map(dict, db.execute(f"SELECT * FROM {name} ORDER BY id"))


def _is_sqlite(path: Path) -> bool:
    try:
        return read_beginning(path, len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _open_readonly(path: Path) -> sqlite3.Connection:
    """A database that belongs to somebody else, for reading."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    return db


def _exported(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The tables of a JSON file that a tool exported, by name; nothing of another file."""
    try:
        said = read_json(read_plain_text(path, _LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(said, dict):
        return {}
    return {
        name: [row for row in rows if isinstance(row, dict)]
        for name, rows in said.items()
        if isinstance(rows, list)
    }


def moment(seconds: object) -> datetime | None:
    """The moment that a number means; None where it means none."""
    try:
        return datetime.fromtimestamp(float(str(seconds)), UTC) if seconds else None
    except (ValueError, OverflowError, OSError):
        return None
