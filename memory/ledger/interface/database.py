"""The ledger as its repositories, and as something that is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

    from memory.ledger.damage import Damage
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


class Database(Protocol):
    """A ledger to read from; to change it too, within a block of `Ledger.writing`."""

    is_examined: bool  # every row was found sound when it was opened; not all are checked again

    memories: Memories
    calendar: Calendar
    refactorings: Refactorings
    series: SeriesRows
    runs: RunRows
    flags: FlagRows
    labels: Labels
    links: Links
    passages: Passages
    embeddings: Embeddings
    files: IndexedFiles
    anchors: Anchors
    changes: Changes
    facts: StoreFacts
    consolidations: Consolidations
    rewinding: Rewinding
    code: CodeRows
    erasing: Erasing
    rows: Rows

    def steadily(self) -> AbstractContextManager[None]:
        """In the block the embedding model, the queue's length and the last change are read once.

        For an answer: what another process changes meanwhile is not seen, what this one writes is.
        """


class Ledger(Protocol):
    """An open ledger: `db` to read from, `writing()` to change it."""

    path: Path
    damage: Damage | None  # of its file, where this is what can be read of it, and not written

    @property
    def db(self) -> Database:
        """What is read from, where nothing can be wrong with the file."""

    def reading(self) -> AbstractContextManager[Database]:
        """`db`; what SQLite finds wrong with the file in the block is said as an error of ours.

        Raises:
            StoreDamaged, StoreBusy, StoreNotWritable: as it may be.
        """

    def writing(self) -> AbstractContextManager[Database]:
        """One transaction, alone among all processes: everything in it happens, or nothing.

        The file lock beside SQLite's own keeps a second process from writing at the same
        moment, because SQLite before 3.51.3 can lose a checkpoint between two writers.

        Raises:
            StoreBusy: another process has been writing for half a minute.
            StoreNotWritable: the disk is full, or does not let us.
            StoreTooNew: a newer archmem has changed the schema since this one opened it.
            StoreDamaged: `damage` says how.
        """

    def indexing(self, *, wait: float = 0.0) -> AbstractContextManager[None]:
        """Alone among all processes that plan changes from files, or change those files.

        Two that index the same new file at once would each add its memories.

        Args:
            wait: Seconds for which another may keep us waiting.

        Raises:
            StoreBusy: another process is at it.
        """

    def copy_to(self, path: Path) -> None:
        """Leave a copy at a path, as of the last transaction that ended."""

    def close(self) -> None:
        """Let go of the file; what was committed is on disk."""

    def examine(self) -> Damage | None:
        """What of the whole file is not as it was written; None when all of it is."""
