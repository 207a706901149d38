"""One SQLite file, as the repositories of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils import Database as Tables

from memory.ledger.sqlite.kind_rows import (
    SqliteFlagRows,
    SqliteRefactorings,
    SqliteRunRows,
    SqliteSeriesRows,
)
from memory.ledger.sqlite.memories import SqliteMemories
from memory.ledger.sqlite.relations import SqliteLabels, SqliteLinks
from memory.ledger.sqlite.texts import SqliteEmbeddings, SqlitePassages
from memory.ledger.sqlite.upkeep import (
    SqliteAnchors,
    SqliteChanges,
    SqliteConsolidations,
    SqliteFacts,
    SqliteFiles,
    SqliteRewinding,
)

if TYPE_CHECKING:
    import sqlite3

    from memory.ledger.interface.kind_rows import FlagRows, Refactorings, RunRows, SeriesRows
    from memory.ledger.interface.memories import Memories
    from memory.ledger.interface.relations import Labels, Links
    from memory.ledger.interface.texts import Embeddings, Passages
    from memory.ledger.interface.upkeep import (
        Anchors,
        Changes,
        Consolidations,
        Facts,
        Files,
        Rewinding,
    )


class SqliteDatabase(Tables):
    """A connection, and what can be asked of it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.memories: Memories = SqliteMemories(self)
        self.refactorings: Refactorings = SqliteRefactorings(self)
        self.series: SeriesRows = SqliteSeriesRows(self)
        self.runs: RunRows = SqliteRunRows(self)
        self.flags: FlagRows = SqliteFlagRows(self)
        self.labels: Labels = SqliteLabels(self)
        self.links: Links = SqliteLinks(self)
        self.passages: Passages = SqlitePassages(self)
        self.embeddings: Embeddings = SqliteEmbeddings(self)
        self.files: Files = SqliteFiles(self)
        self.anchors: Anchors = SqliteAnchors(self)
        self.changes: Changes = SqliteChanges(self)
        self.facts: Facts = SqliteFacts(self)
        self.consolidations: Consolidations = SqliteConsolidations(self)
        self.rewinding: Rewinding = SqliteRewinding(self)
