"""What all repositories in SQLite have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.sqlite.database import SqliteDatabase


class UnsoundRow(Exception):
    """A row is not as it was written; whoever has the ledger says so."""


class SqliteRepository:
    """Reads and writes its part of a database; what its methods do, its protocol says."""

    def __init__(self, db: SqliteDatabase) -> None:
        self._db = db

    def _value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """What a query gives first; None for nothing."""
        row = self._db.execute(sql, values).fetchone()
        return row[0] if row else None

    def _values(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """What a query of one column gives."""
        return [value for (value,) in self._db.execute(sql, values)]
