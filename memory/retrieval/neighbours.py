"""Finds the texts nearest to a vector: exactly among few, by the vector index among many."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.errors import VectorIndexDamaged
from memory.ledger.embeddings import (
    change_mark,
    count_embeddings,
    fetch_all_embeddings,
    fetch_embeddings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Ledger
    from memory.retrieval.vector_index import VectorIndex

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
        self, ledger: Ledger, model_id: str, open_index: Callable[[], VectorIndex | None]
    ) -> None:
        """Ask nothing yet.

        Args:
            ledger: Where the embeddings are cached.
            model_id: Whose embeddings.
            open_index: Gives the vector index, or None when it cannot be had just now.
        """
        self._ledger = ledger
        self._model_id = model_id
        self._open_index = open_index
        self._matrix: tuple[list[str], NDArray[np.float32]] | None = None
        self._rows: dict[str, int] = {}
        self._mark: tuple[int, int] | None = None  # of the ledger when its embeddings were counted
        self._count = 0
        self._read_at: object = None  # names what the ledger had when the matrix was read

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[Neighbour]:
        """The texts nearest to a vector of length 1, nearest first, ties by hash."""
        index = self._open_index() if self._are_many() else None
        if index is not None:
            with suppress(VectorIndexDamaged, OSError):  # the next index run sees to it
                return [Neighbour(*pair) for pair in index.nearest(vector, limit)]
        keys, matrix = self._all()
        if not keys:
            return []
        similarities = matrix @ vector
        return [Neighbour(keys[i], float(similarities[i])) for i in _greatest(similarities, limit)]

    def centroid(self, text_hashes: Sequence[str]) -> NDArray[np.float32] | None:
        """The mean of the embeddings of these texts, of length 1; None where none is cached."""
        known = list(self.vectors(text_hashes).values())
        if not known:
            return None
        mean: NDArray[np.float32] = np.mean(known, axis=0)
        return mean / (np.linalg.norm(mean) or 1.0)

    def vectors(self, text_hashes: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """The embeddings of these texts, as far as they are cached."""
        known: dict[str, NDArray[np.float32]] = {}
        if self._matrix is not None:
            rows, matrix = self._rows, self._matrix[1]
            known = {key: matrix[rows[key]] for key in text_hashes if key in rows}
        if missing := [key for key in text_hashes if key not in known]:  # or cached since then
            found = fetch_embeddings(self._ledger.db, self._model_id, missing)
            known |= zip(*found, strict=True)
        return known

    def _are_many(self) -> bool:
        """Whether there are too many to compare all; counted again only after a change."""
        mark = change_mark(self._ledger.db)
        if mark != self._mark:
            self._mark = mark
            self._count = count_embeddings(self._ledger.db, self._model_id, at_most=EXACT_UP_TO + 1)
        return self._count > EXACT_UP_TO

    def _all(self) -> tuple[list[str], NDArray[np.float32]]:
        """All embeddings, in the order of their hashes; read again when their number changed."""
        found = self._mark if self._are_many() else self._count
        if self._matrix is None or self._read_at != found:
            self._read_at = found
            self._matrix = fetch_all_embeddings(self._ledger.db, self._model_id)
            self._rows = {key: row for row, key in enumerate(self._matrix[0])}
        return self._matrix


def _greatest(values: NDArray[np.float32], limit: int) -> NDArray[np.intp]:
    """The places of the greatest values, the greatest first, ties by place."""
    places = np.arange(len(values))
    if limit < len(values):
        least = np.partition(values, -limit)[-limit]
        places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")][:limit]
