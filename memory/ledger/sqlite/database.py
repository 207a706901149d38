"""One SQLite file, as the repositories of the ledger."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from sqlite_utils import Database as Tables

from memory.ledger.sqlite.calendar import SqliteCalendar
from memory.ledger.sqlite.code import SqliteCodeRows
from memory.ledger.sqlite.erasing import SqliteErasing
from memory.ledger.sqlite.kind_rows import (
    SqliteFlagRows,
    SqliteRefactorings,
    SqliteRunRows,
    SqliteSeriesRows,
)
from memory.ledger.sqlite.memories import SqliteMemories
from memory.ledger.sqlite.relations import SqliteLabels, SqliteLinks
from memory.ledger.sqlite.rows import SqliteRows
from memory.ledger.sqlite.seals import WORDS, register, words_digest
from memory.ledger.sqlite.texts import SqliteEmbeddings, SqlitePassages
from memory.ledger.sqlite.upkeep import (
    SqliteAnchors,
    SqliteChanges,
    SqliteConsolidations,
    SqliteFacts,
    SqliteFiles,
    SqliteRewinding,
)
from memory.ledger.store_facts import HISTORY, MODEL

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from memory.ledger.interface.calendar import Calendar
    from memory.ledger.interface.code import CodeRows
    from memory.ledger.interface.kind_rows import FlagRows, Refactorings, RunRows, SeriesRows
    from memory.ledger.interface.memories import Memories
    from memory.ledger.interface.relations import Labels, Links
    from memory.ledger.interface.texts import Embeddings, Passages
    from memory.ledger.interface.upkeep import (
        Anchors,
        Changes,
        Consolidations,
        Erasing,
        IndexedFiles,
        Rewinding,
        Rows,
        StoreFacts,
    )


class Glance(NamedTuple):
    """The state of a store in short."""

    model: str | None  # that embedded it
    has_history: bool
    change: int  # the last one
    waiting: int  # texts to be embedded


class SqliteDatabase(Tables):
    """A connection, and what can be asked of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        register(connection)
        self.memories: Memories = SqliteMemories(self)
        self.calendar: Calendar = SqliteCalendar(self)
        self.refactorings: Refactorings = SqliteRefactorings(self)
        self.series: SeriesRows = SqliteSeriesRows(self)
        self.runs: RunRows = SqliteRunRows(self)
        self.flags: FlagRows = SqliteFlagRows(self)
        self.labels: Labels = SqliteLabels(self)
        self.links: Links = SqliteLinks(self)
        self.passages: Passages = SqlitePassages(self)
        self.embeddings: Embeddings = SqliteEmbeddings(self)
        self.files: IndexedFiles = SqliteFiles(self)
        self.anchors: Anchors = SqliteAnchors(self)
        self.changes: Changes = SqliteChanges(self)
        self.facts: StoreFacts = SqliteFacts(self)
        self.consolidations: Consolidations = SqliteConsolidations(self)
        self.rewinding: Rewinding = SqliteRewinding(self)
        self.code: CodeRows = SqliteCodeRows(self)
        self.is_examined = False  # all rows were held against their seals when it was opened
        self.has_new_words = False  # since their digest was kept
        self.rows: Rows = SqliteRows(self)
        self.erasing: Erasing = SqliteErasing(self)
        self._glance: Glance | None = None
        self._is_steady = False

    def keep_words_digest(self) -> None:
        """Afterwards the full text's digest is that of what this transaction makes of it."""
        if self.has_new_words:
            self.has_new_words = False
            self.facts.save(WORDS, words_digest(self))

    @contextmanager
    def steadily(self) -> Iterator[None]:
        was, self._is_steady = self._is_steady, True
        try:
            yield
        finally:
            self._is_steady, self._glance = was, None

    def forget_glance(self) -> None:
        """What was read in a steady block holds no longer: something was written."""
        self._glance = None

    def glance(self) -> Glance:
        """What whoever answers needs to know of the store; in a steady block read once."""
        if self._glance is None:
            sql = """
                SELECT (SELECT value FROM facts WHERE name = ?),
                EXISTS (SELECT 1 FROM facts WHERE name = ?),
                (SELECT ifnull(max(seq), 0) FROM changes), (SELECT count(*) FROM embedding_queue)
            """
            found = Glance(*self.execute(sql, [MODEL, HISTORY]).fetchone())
            if not self._is_steady:
                return found
            self._glance = found
        return self._glance
