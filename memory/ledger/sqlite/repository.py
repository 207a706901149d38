"""What all repositories in SQLite have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.ledger.sqlite.database import SqliteDatabase


class Repository:
    """Reads and writes its part of a database; what its methods do, its protocol says."""

    def __init__(self, db: SqliteDatabase) -> None:
        self._db = db
