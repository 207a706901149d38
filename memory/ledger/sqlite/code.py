"""Facts of code in SQLite; what is kept of a file is compressed, as it is much and dull."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

from memory.ledger.interface.code import CodeFileRow, CodeRows
from memory.ledger.sqlite.repository import SqliteRepository

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_QUICK = 1  # zlib's level: a fifth of the size in a tenth of the time of the next sensible one


class SqliteCodeRows(SqliteRepository, CodeRows):
    """`CodeRows` in SQLite."""

    def files(self, worktree: str) -> dict[str, CodeFileRow]:
        sql = "SELECT path, size, mtime_ns, blob, read_at_ns FROM code_files WHERE worktree = ?"
        return {row[0]: CodeFileRow(*row) for row in self._db.execute(sql, [worktree])}

    def save_files(
        self, worktree: str, changed: Iterable[CodeFileRow], gone: Iterable[str]
    ) -> None:
        self._db.conn.executemany(
            "DELETE FROM code_files WHERE worktree = ? AND path = ?",
            [(worktree, path) for path in gone],
        )
        self._db.conn.executemany(
            """
            INSERT OR REPLACE INTO code_files (worktree, path, size, mtime_ns, blob, read_at_ns)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [(worktree, *row) for row in changed],
        )

    def facts(self, extractor: str, blobs: Collection[str]) -> dict[str, str]:
        sql = """
            SELECT blob, facts FROM code_facts
            WHERE extractor = ? AND blob IN (SELECT value FROM json_each(?))
        """
        rows = self._db.execute(sql, [extractor, json.dumps(sorted(blobs))])
        return {blob: zlib.decompress(facts).decode() for blob, facts in rows}

    def save_facts(self, extractor: str, facts: Mapping[str, str]) -> None:
        self._db.conn.executemany(
            "INSERT OR IGNORE INTO code_facts (extractor, blob, facts) VALUES (?, ?, ?)",
            [
                (extractor, blob, zlib.compress(said.encode(), _QUICK))
                for blob, said in facts.items()
            ],
        )

    def forget(self, extractor: str) -> None:
        self._db.execute("DELETE FROM code_facts WHERE extractor = ?", [extractor])

    def forget_others(self, extractors: Collection[str]) -> None:
        self._db.execute(
            "DELETE FROM code_facts WHERE extractor NOT IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(extractors))],
        )
