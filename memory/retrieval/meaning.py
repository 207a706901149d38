"""The part of a store that knows by meaning: its model, its vectors, and the lock on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from memory.errors import ArchMemError, StoreBusy, VectorIndexDamaged
from memory.ledger import facts
from memory.ledger.embeddings import count_queued, enqueue, enqueue_all
from memory.ledger.passages import all_texts
from memory.retrieval.embedding import load_embedder, model_state
from memory.retrieval.embedding_queue import Embedded, embed_pending
from memory.retrieval.neighbours import Neighbours
from memory.retrieval.vector_index import VectorIndex, wipe

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from memory.config import Settings
    from memory.ledger.connection import Ledger
    from memory.models.report import Progress
    from memory.retrieval.embedding import Embedder, ModelState, OnStage


class Meaning:
    """Opens the model and the vectors when they are first needed, and not before.

    Questions never wait for a model to be compiled and never need the vector index: without
    the one they are answered by words, without the other by comparing cached embeddings.
    """

    def __init__(self, ledger: Ledger, folder: Path, settings: Settings) -> None:
        self._ledger = ledger
        self._vectors = folder / "vectors"
        self._lock = FileLock(folder / "vectors.lock")
        self._settings = settings
        self._state: ModelState | None = None
        self._embedder: Embedder | None = None
        self._index: VectorIndex | None = None
        self._neighbours: Neighbours | None = None
        self.reason = ""  # why questions are answered by words alone, if they are

    @property
    def is_ready(self) -> bool:
        """Whether the model can serve without being compiled first; `reason` says why not."""
        self.reason = ""
        if self._state is None or self._state.manifest is None:
            try:
                self._state = model_state(self._settings.model, precision=self._settings.precision)
            except ArchMemError as error:
                self.reason = f"searched by words only. {error} {error.hint}"
                return False
        if self._state.manifest is None:
            self.reason = "searched by words only: run `archmem index` to compile the model"
        return self._state.manifest is not None

    def encode_query(self, question: str) -> NDArray[np.float32] | None:
        """A question's embedding, of length 1; None, and a `reason`, when no model is ready."""
        return self._load().encode_query(question) if self.is_ready else None

    @property
    def neighbours(self) -> Neighbours | None:
        """What is near to a vector; None when no model is ready. Loads none itself."""
        if self._neighbours is None and self.is_ready and self._state is not None:
            self._neighbours = Neighbours(
                self._ledger, self._state.model_id, self._index_for_reading
            )
        return self._neighbours

    def catch_up(self, *, on_progress: Progress, on_stage: OnStage | None = None) -> Embedded:
        """Embed everything that waits for it; compiles the model where that was never done.

        A vector index that is lost, damaged or of another model is made anew from the cache.

        Raises:
            StoreBusy: another process is at it; what is queued it will do.
            ModelNotFound, ModelNotUsable: the model that is set cannot serve.
        """
        if self._is_caught_up():
            return Embedded(0, 0.0)
        embedder = self._load(on_stage)
        try:
            index = self._index_for_writing(embedder)
        except Timeout as error:
            raise StoreBusy(self._vectors, "another process that embeds") from error
        try:
            return embed_pending(self._ledger, embedder, index, on_progress=on_progress)
        except VectorIndexDamaged:
            index = self._start_anew(embedder)
            return embed_pending(self._ledger, embedder, index, on_progress=on_progress)

    def close(self) -> None:
        """Let go of the vector index, for other processes to open."""
        if self._index is not None:
            self._index.close()
            self._index = None
        self._lock.release()

    def _is_caught_up(self) -> bool:
        """Whether there is nothing to do, found out without loading model or vectors."""
        db = self._ledger.db
        return (
            self.is_ready
            and self._state is not None
            and facts.find_fact(db, facts.MODEL) == self._state.model_id
            and count_queued(db) == 0
            and self._vectors.is_dir()
            and any(self._vectors.iterdir())
        )

    def _load(self, on_stage: OnStage | None = None) -> Embedder:
        if self._embedder is None:
            self._embedder = load_embedder(
                self._settings.model, precision=self._settings.precision, on_stage=on_stage
            )
        return self._embedder

    def _index_for_reading(self) -> VectorIndex | None:
        """The vector index if it is whole and nobody else has it; else None, and no waiting."""
        if self._index is None and self._vectors.exists():
            try:
                self._lock.acquire(blocking=False)
                self._index = self._open(self._load())
            except Timeout:
                return None
            except VectorIndexDamaged:
                self._lock.release()
                with self._ledger.writing() as db:
                    enqueue_all(db)  # so that the next index run makes it anew
                return None
            except OSError:
                self._lock.release()
                return None
        return self._index

    def _index_for_writing(self, embedder: Embedder) -> VectorIndex:
        if self._index is None:
            self._lock.acquire(blocking=False)
            try:
                self._index = self._open(embedder)
            except VectorIndexDamaged:
                return self._start_anew(embedder)
            except BaseException:
                self._lock.release()
                raise
        self._queue_what_is_missing(embedder, self._index)
        return self._index

    def _open(self, embedder: Embedder) -> VectorIndex:
        return VectorIndex.open(
            self._vectors, model_id=embedder.model_id, dimension=embedder.dimension
        )

    def _start_anew(self, embedder: Embedder) -> VectorIndex:
        if self._index is not None:
            self._index.close()
        wipe(self._vectors)
        self._index = self._open(embedder)
        self._queue_what_is_missing(embedder, self._index)
        return self._index

    def _queue_what_is_missing(self, embedder: Embedder, index: VectorIndex) -> None:
        """Queue every text that the index lacks; cached embeddings need no encoding again."""
        db = self._ledger.db
        missing = all_texts(db) - index.keys()
        if missing or facts.find_fact(db, facts.MODEL) != embedder.model_id:
            with self._ledger.writing() as db:
                enqueue(db, missing)
                facts.save_fact(db, facts.MODEL, embedder.model_id)
