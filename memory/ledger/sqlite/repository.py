"""What all repositories in SQLite have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.ledger.sqlite.database import SqliteDatabase


class UnsoundRow(Exception):
    """A row is not as it was written; whoever has the ledger says so."""


class SqliteRepository:
    """Reads and writes its part of a database; what its methods do, its protocol says."""

    def __init__(self, db: SqliteDatabase) -> None:
        self._db = db
