"""Finds the texts nearest to a vector: exactly among few, in memory; by the index among many."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.errors import VectorIndexDamaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray

    from memory.ledger.interface.database import Database, Ledger
    from memory.retrieval.vector_index import VectorIndex

ROOM = 1.25  # rows there is room for over those there are, when it has to grow


BACKLOG = 500  # texts without an embedding: of more, those that still wait are not looked for


class Matrix:
    """The embeddings of one model, a row for each text; for any number of threads.

    It is read from the ledger once. After that only what came to it is: a text that the matrix
    lacks is looked for until it is embedded. Rows are only ever added.
    """

    def __init__(self, model_id: str) -> None:
        """Read nothing yet.

        Args:
            model_id: Whose embeddings.
        """
        self.model_id = model_id
        self._lock = Lock()
        self._is_read = False
        self._keys: list[str] = []
        self._rows: dict[str, int] = {}  # by key
        self._vectors = np.empty((0, 0), dtype=np.float32)  # rows after the last key are room
        self._seen = 0  # the newest passage that was looked at
        self._lacking: set[str] = set()  # texts that had no embedding when they were looked at

    @property
    def is_read(self) -> bool:
        """Whether it holds what the ledger held when it was last brought up to date."""
        return self._is_read

    def __len__(self) -> int:
        return len(self._keys)

    def refresh(self, db: Database) -> None:
        """Afterwards every embedding is in it that the ledger has now."""
        with self._lock:
            newest = db.changes.latest()  # first: what comes meanwhile is looked at again
            if not self._is_read:
                texts = db.passages.hashes()
                self._append(*db.embeddings.fetch_all(self.model_id))
                self._lacking = texts - self._rows.keys()
                self._is_read = True
            elif newest > self._seen:
                self._lacking |= db.passages.hashes_since(self._seen) - self._rows.keys()
            self._seen = newest
            asked = self._lacking
            if len(asked) > BACKLOG:
                asked = asked.difference(db.embeddings.queued())
            if asked:
                self._append(*db.embeddings.fetch(self.model_id, list(asked)))
                self._lacking -= self._rows.keys()

    def all(self) -> tuple[Sequence[str], NDArray[np.float32]]:
        """As many keys as there are rows, or more, and the rows, in the order of their coming."""
        with self._lock:
            return self._keys, self._vectors[: len(self._keys)]

    def vectors(self, text_hashes: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """The embeddings of these texts, as far as they are in it."""
        with self._lock:
            rows, vectors = self._rows, self._vectors
            return {key: vectors[rows[key]] for key in text_hashes if key in rows}

    def _append(self, keys: Sequence[str], vectors: NDArray[np.float32]) -> None:
        start, end = len(self._keys), len(self._keys) + len(keys)
        if not keys:
            return
        if start == 0:
            self._vectors = vectors
        else:
            if end > len(self._vectors):  # whoever compares just now keeps the smaller one
                larger = np.empty((int(end * ROOM), vectors.shape[1]), dtype=np.float32)
                larger[:start] = self._vectors[:start]
                self._vectors = larger
            self._vectors[start:end] = vectors
        self._rows.update(zip(keys, range(start, end), strict=True))
        self._keys += keys


#: Up to here every vector is compared: exact, the same in every process, and at most the few
#: milliseconds that opening the index alone would take (benchmarks/vectors.py).
EXACT_UP_TO = 20_000


class Neighbour(NamedTuple):
    """A text and how near it is."""

    text_hash: str
    similarity: float  # cosine, -1 to 1


class Neighbours:
    """Finds the texts of one model's cached embeddings that are nearest to a vector."""

    def __init__(
        self,
        ledger: Ledger,
        model_id: str,
        matrix: Matrix,
        read_index: Callable[[], AbstractContextManager[VectorIndex | None]],
    ) -> None:
        """Ask nothing yet.

        Args:
            ledger: Where the embeddings are cached.
            model_id: Whose embeddings.
            matrix: Holds them in memory, perhaps for others too.
            read_index: Gives the vector index for a block, or None when it cannot be had just now.
        """
        self._ledger = ledger
        self._model_id = model_id
        self._matrix = matrix
        self._read_index = read_index
        self._mark: int | None = None  # the last change when the matrix was refreshed
        self._are_many = False  # too many to compare all; there are never fewer again

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
        """The texts nearest to a vector of length 1, nearest first, ties by hash."""
        self._refresh_if_read()
        if self._has_many():
            # The next index run sees to what is wrong with the index.
            with self._read_index() as index, suppress(VectorIndexDamaged, OSError):
                if index is not None:
                    return [Neighbour(*pair) for pair in index.nearest(vector, limit)]
        if not self._matrix.is_read:
            self._refresh()
        keys, matrix = self._matrix.all()
        if not len(matrix):
            return []
        similarities = matrix @ vector
        near = [Neighbour(keys[i], float(similarities[i])) for i in _greatest(similarities, limit)]
        near.sort(key=lambda one: (-one.similarity, one.text_hash))
        return near[:limit]

    def centroid(self, text_hashes: Sequence[str]) -> NDArray[np.float32] | None:
        """The mean of the embeddings of these texts, of length 1; None where none is cached."""
        known = list(self.vectors(text_hashes).values())
        if not known:
            return None
        mean: NDArray[np.float32] = np.mean(known, axis=0)
        return mean / (np.linalg.norm(mean) or 1.0)

    def vectors(self, text_hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The embeddings of these texts, as far as they are cached."""
        known = self._matrix.vectors(text_hashes)
        if missing := [key for key in text_hashes if key not in known]:  # or cached since then
            found = self._ledger.db.embeddings.fetch(self._model_id, missing)
            known |= zip(*found, strict=True)
        return known

    def _has_many(self) -> bool:
        """Whether there are too many to compare all; counted once, then as the matrix grows."""
        if not self._are_many and self._matrix.is_read:
            self._are_many = len(self._matrix) > EXACT_UP_TO
        elif not self._are_many:
            most = EXACT_UP_TO + 1
            count = self._ledger.db.embeddings.count(self._model_id, at_most=most)
            self._are_many = count == most
        return self._are_many

    def _refresh_if_read(self) -> None:
        if self._matrix.is_read:
            self._refresh()

    def _refresh(self) -> None:
        """Afterwards the matrix holds all embeddings; nothing is asked when nothing changed."""
        mark = self._ledger.db.changes.latest()
        if mark != self._mark:
            self._matrix.refresh(self._ledger.db)
            self._mark = mark


def _greatest(values: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """The places of the greatest values, in no particular order; of equal ones perhaps more."""
    if limit >= len(values):
        return np.arange(len(values))
    least = np.partition(values, -limit)[-limit]
    return np.flatnonzero(values >= least)
