"""Knowing by meaning as of a commit: by cached embeddings alone, without a vector index."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from memory.errors import ArchMemError
from memory.ledger import facts
from memory.ledger.embeddings import (
    count_queued,
    dequeue,
    embedded_texts,
    queued_texts,
    save_embeddings,
)
from memory.retrieval.meaning import Meaning

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW = 64  # texts that are embedded while somebody waits: about a second


class MeaningAt(Meaning):
    """Embeds the few texts that only the commit has; many it leaves to be found by words."""

    def encode_query(self, question: str) -> NDArray[np.float32] | None:
        """As of any memory, once the few texts are embedded."""
        vector = super().encode_query(question)
        if vector is not None and 0 < count_queued(self._ledger.db) <= FEW:
            with suppress(ArchMemError):  # `gap` tells of what is not embedded
                self._embed_few()
        return vector

    @property
    def gap(self) -> str:
        """What a search by meaning cannot see, in words; nothing when it sees everything."""
        by = facts.find_fact(self._ledger.db, facts.MODEL)
        if by is None or by != self._model.model_id:
            return super().gap
        waiting = count_queued(self._ledger.db)
        return f"texts of that commit found by words only: {waiting:,}" if waiting else ""

    def _embed_few(self) -> None:
        embedder = self._model.load(again=False)
        texts = embedded_texts(self._ledger.db, queued_texts(self._ledger.db))
        vectors = embedder.encode(list(texts.values()))
        with self._ledger.writing() as db:
            save_embeddings(db, embedder.model_id, list(texts), vectors)
            dequeue(db, texts)
