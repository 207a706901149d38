"""Brings the vector index up to the ledger: encodes what is queued, from the cache if it can."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from memory.models.report import Progress, no_progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory.ledger.interface.database import Database, Ledger
    from memory.retrieval.embedding.embedder import Embedder
    from memory.retrieval.vector_index import VectorIndex

#: Texts between two commits: about three seconds of encoding, which a kill can cost and what is
#: queued meanwhile has to wait. Filling an index from the cache takes 5 seconds for 10,000 texts,
#: and 3 to 4 with four times as many.
BATCH = 64


class Embedded(NamedTuple):
    """What catching up took."""

    encoded: int  # texts that the cache did not have
    seconds: float  # in the encoder


NOTHING = Embedded(0, 0.0)


def never() -> bool:
    """Do not stop."""
    return False


def embed_pending(
    ledger: Ledger,
    embedder: Embedder,
    index: VectorIndex,
    *,
    on_progress: Progress = no_progress,
    should_stop: Callable[[], bool] = never,
) -> Embedded:
    """Empty the queue; afterwards every passage's vector is in the index.

    What was queued last comes first, also what is queued meanwhile: a file that was just saved is
    not to wait for all that a large project brought. Each batch is encoded, kept in the ledger's
    cache, added to the index and only then taken from the queue, so that a kill at any point
    costs at most the encoding of one batch.

    Args:
        ledger: Whose queue it is.
        embedder: The model that the index is of.
        index: The vector index, opened by this process alone.
        on_progress: Told about the stage `embed`, in texts.
        should_stop: Asked before each batch; what is left then stays queued.
    """
    encoded, seconds = NOTHING
    told = _Told(ledger.db.embeddings.count_queued(), on_progress)
    waiting = _Waiting(ledger.db)
    while not should_stop() and (texts := waiting.take(BATCH)):
        cached = dict(zip(*ledger.db.embeddings.fetch(embedder.model_id, list(texts)), strict=True))
        missing = [key for key in texts if key not in cached]
        told.more(len(cached))
        if missing:
            started = time.perf_counter()
            fresh = embedder.encode([texts[key] for key in missing], on_progress=told.more)
            seconds += time.perf_counter() - started
            encoded += len(missing)
            with ledger.writing() as db:
                db.embeddings.add(embedder.model_id, missing, fresh)
            cached.update(zip(missing, fresh, strict=True))
        index.add(list(cached), np.stack(list(cached.values())))
        with ledger.writing() as db:
            db.embeddings.dequeue(cached)
    return Embedded(encoded, seconds)


class _Waiting:
    """The queue in the order in which it is worked off, read once and then followed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._keys: dict[str, None] = {}  # the next one at the end
        self._seen = 0  # the newest passage that was looked at

    def take(self, limit: int) -> dict[str, str]:
        """The texts whose turn it is, by hash; none when the queue is empty."""
        newest = self._db.changes.latest()
        if not self._keys:  # then everything: texts may be queued again without a new passage
            self._keys = dict.fromkeys(self._db.embeddings.queued())
        elif newest > self._seen:
            for key in self._db.embeddings.queued_since(self._seen):
                self._keys.pop(key, None)
                self._keys[key] = None
        self._seen = newest
        taken = [self._keys.popitem()[0] for _ in range(min(limit, len(self._keys)))]
        return self._db.embeddings.texts(taken)


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
