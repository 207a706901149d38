"""Holds a model's cached embeddings in memory, once for all who compare with them."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.embeddings import fetch_all_embeddings, fetch_embeddings, queued_texts
from memory.ledger.passages import all_texts, newest_passage, texts_since

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Database

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
            newest = newest_passage(db)  # first: what comes meanwhile is looked at again
            if not self._is_read:
                texts = all_texts(db)
                self._append(*fetch_all_embeddings(db, self.model_id))
                self._lacking = texts - self._rows.keys()
                self._is_read = True
            elif newest > self._seen:
                self._lacking |= texts_since(db, self._seen) - self._rows.keys()
            self._seen = newest
            asked = self._lacking
            if len(asked) > BACKLOG:
                asked = asked.difference(queued_texts(db))
            if asked:
                self._append(*fetch_embeddings(db, self.model_id, list(asked)))
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
