"""All rows of a ledger as they are, to be taken to another one."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidRequest
from memory.ledger.interface.upkeep import Rows
from memory.ledger.sqlite.examining import SCHEMA
from memory.ledger.sqlite.repository import SqliteRepository
from memory.ledger.sqlite.seals import SEALED, WORDS
from memory.ledger.store_facts import PROJECT
from memory.models.memory import Draft, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.models.memory import Passage

_OWN = {PROJECT, SCHEMA, WORDS}  # facts that are each ledger's own
_COLUMNS = {table.name: table.columns for table in SEALED}


class SqliteRows(SqliteRepository, Rows):
    """`Rows` in SQLite."""

    def all(self) -> Iterator[tuple[str, dict[str, Any]]]:
        for table in SEALED:
            by = ", ".join(table.key)
            cursor = self._db.execute(
                f"SELECT {', '.join(table.columns)} FROM {table.name} ORDER BY {by}"
            )
            for values in cursor:
                row = dict(zip(table.columns, values, strict=True))
                if table.name != "facts" or row["name"] not in _OWN:
                    yield table.name, row
        for (key,) in self._db.execute("SELECT text_hash FROM embedding_queue ORDER BY 1"):
            yield "embedding_queue", {"text_hash": key}

    @contextmanager
    def filling(
        self,
        derive: Callable[[Draft], tuple[str, list[Passage]]],
        weigh: Callable[[Draft, Source], Source],
    ) -> Iterator[Callable[[str, dict[str, Any]], bool]]:
        self._db.execute("PRAGMA defer_foreign_keys = ON")
        yield self._put
        if self._db.execute("PRAGMA foreign_key_check").fetchone():
            raise InvalidRequest("import", "rows belong to others that are not in it")
        for revision_id, draft, source in self._db.execute(
            "SELECT id, draft, source FROM revisions"
        ).fetchall():
            said = Source.model_validate_json(source)
            weighed = weigh(Draft.model_validate_json(draft), said)
            if weighed != said:
                new = weighed.model_dump_json(exclude_defaults=True)
                self._db.execute("UPDATE revisions SET source = ? WHERE id = ?", [new, revision_id])
        sql = "SELECT id, title, draft FROM revisions WHERE number > 0 AND NOT removed ORDER BY id"
        for revision_id, title, draft in self._db.execute(sql).fetchall():
            words, _ = derive(Draft.model_validate_json(draft))
            self._db.passages.add_words(revision_id, title, words)

    def _put(self, table: str, row: dict[str, Any]) -> bool:
        columns = _COLUMNS.get(table, ("text_hash",) if table == "embedding_queue" else ())
        if not columns or set(columns) != set(row):
            return False
        marks = ", ".join("?" * len(columns))
        try:
            self._db.execute(
                f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})",
                [row[name] for name in columns],
            )
        except sqlite3.IntegrityError:  # a value that its column does not take
            return False
        return True
