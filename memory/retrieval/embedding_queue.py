"""Brings the vector index up to the ledger: encodes what is queued, from the cache if it can."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.ledger.embeddings import (
    count_queued,
    dequeue,
    fetch_embeddings,
    next_texts,
    save_embeddings,
)
from memory.models.report import Progress, no_progress

if TYPE_CHECKING:
    from memory.ledger.connection import Ledger
    from memory.retrieval.embedding.embedder import Embedder
    from memory.retrieval.vector_index import VectorIndex

BATCH = 256  # texts between two commits: about ten seconds of encoding that a kill can cost


class Embedded(NamedTuple):
    """What catching up took."""

    encoded: int  # texts that the cache did not have
    seconds: float  # in the encoder


def embed_pending(
    ledger: Ledger, embedder: Embedder, index: VectorIndex, *, on_progress: Progress = no_progress
) -> Embedded:
    """Empty the queue; afterwards every passage's vector is in the index.

    Each batch is encoded, kept in the ledger's cache, added to the index and only then taken
    from the queue, so that a kill at any point costs at most the encoding of one batch.

    Args:
        ledger: Whose queue it is.
        embedder: The model that the index is of.
        index: The vector index, opened by this process alone.
        on_progress: Told about the stage `embed`, in texts.
    """
    encoded, seconds = 0, 0.0
    told = _Told(count_queued(ledger.db), on_progress)
    while texts := dict(next_texts(ledger.db, BATCH)):
        cached = dict(
            zip(*fetch_embeddings(ledger.db, embedder.model_id, list(texts)), strict=True)
        )
        missing = [key for key in texts if key not in cached]
        told.more(len(cached))
        if missing:
            started = time.perf_counter()
            fresh = embedder.encode([texts[key] for key in missing], on_progress=told.more)
            seconds += time.perf_counter() - started
            encoded += len(missing)
            with ledger.writing() as db:
                save_embeddings(db, embedder.model_id, missing, fresh)
            cached.update(zip(missing, fresh, strict=True))
        index.add(list(cached), np.stack(list(cached.values())))
        with ledger.writing() as db:
            dequeue(db, cached)
    return Embedded(encoded, seconds)


class _Told:
    """Tells how many texts are done, the beginning included; texts may be queued meanwhile."""

    def __init__(self, total: int, on_progress: Progress) -> None:
        self._done, self._total, self._on_progress = 0, total, on_progress
        if total:
            on_progress("embed", 0, total)

    def more(self, texts: int) -> None:
        self._done += texts
        if texts:
            self._on_progress("embed", self._done, max(self._total, self._done))
