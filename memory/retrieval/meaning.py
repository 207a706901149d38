"""The part of a store that knows by meaning: its model, its vectors, and the lock on them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from memory.errors import ArchMemError, StoreBusy, VectorIndexDamaged
from memory.ledger import facts
from memory.ledger.embeddings import count_queued, enqueue
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

_BY_WORDS = "searched by words only"
_NOT_COMPILED = "run `archmem index` to compile the model"


class Meaning:
    """Opens the model and the vectors when they are first needed, and not before.

    Questions never wait for a model to be compiled and never need the vector index: without
    the one they are answered by words, without the other by comparing cached embeddings.
    """

    def __init__(self, ledger: Ledger, folder: Path, settings: Settings) -> None:
        self._ledger = ledger
        self._vectors = folder / "vectors"
        # Not of one thread: whoever closes a store may not be who asked it first.
        self._lock = FileLock(folder / "vectors.lock", thread_local=False)
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
        if self._embedder is not None:
            return True
        if self._state is None or self._state.manifest is None:
            try:
                self._state = model_state(self._settings.model, precision=self._settings.precision)
            except ArchMemError as error:
                self.reason = f"{_BY_WORDS}: {error} {error.hint}"
                return False
        if self._state.manifest is None:
            refusal = self._state.refusal
            why = f"the model cannot be compiled: {refusal.reason}" if refusal else _NOT_COMPILED
            self.reason = f"{_BY_WORDS}: {why}"
        return self._state.manifest is not None

    def encode_query(self, question: str) -> NDArray[np.float32] | None:
        """A question's embedding, of length 1; None, and a `reason`, when no model is ready."""
        if not self.is_ready:
            return None
        try:
            return self._load().encode_query(question)
        except ArchMemError as error:
            self.reason = f"{_BY_WORDS}: {error} {error.hint}"
            return None

    @property
    def gap(self) -> str:
        """What a search by meaning cannot see yet, in words; nothing when it sees everything."""
        embedded_by = facts.find_fact(self._ledger.db, facts.MODEL)
        if embedded_by is not None and embedded_by != self._model_id:
            return f"the memory was embedded by {embedded_by}: run `archmem index`"
        waiting = count_queued(self._ledger.db)
        return f"texts not embedded yet: {waiting:,}; run `archmem index`" if waiting else ""

    @property
    def neighbours(self) -> Neighbours | None:
        """What is near to a vector; None when no model is ready. Loads none itself."""
        if self._neighbours is None and self.is_ready and self._model_id is not None:
            self._neighbours = Neighbours(self._ledger, self._model_id, self._index_for_reading)
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
        self._lock_vectors()
        try:
            return self._fill(embedder, on_progress)
        except VectorIndexDamaged:
            self._discard_index()
            return self._fill(embedder, on_progress)
        finally:
            if self._index is None:
                self._lock.release()

    def close(self) -> None:
        """Let go of the vector index, for other processes to open."""
        if self._index is not None:
            self._index.close()
            self._index = None
        self._lock.release()

    @property
    def _model_id(self) -> str | None:
        """What vectors are kept under, once `is_ready` has looked for the model."""
        if self._embedder is not None:
            return self._embedder.model_id
        return self._state.model_id if self._state is not None else None

    def _is_caught_up(self) -> bool:
        """Whether there is nothing to do, found out without loading model or vectors."""
        db = self._ledger.db
        is_refused = not self.is_ready and self._state is not None and self._state.refusal
        return bool(
            (self.is_ready or is_refused)  # what torch has to serve need not be loaded for nothing
            and facts.find_fact(db, facts.MODEL) == self._model_id
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
            except Timeout:
                return None
            try:
                self._index = self._open(self._load())
            except VectorIndexDamaged:
                with suppress(OSError):
                    wipe(self._vectors)  # so that the next index run makes it anew
            except (ArchMemError, OSError):
                pass  # it is said when something is to be written
            finally:
                if self._index is None:
                    self._lock.release()
        return self._index

    def _lock_vectors(self) -> None:
        if self._lock.is_locked:  # by us, to read from them
            return
        try:
            self._lock.acquire(blocking=False)
        except Timeout as error:
            raise StoreBusy(self._vectors, "another process that has it open") from error

    def _fill(self, embedder: Embedder, on_progress: Progress) -> Embedded:
        if self._index is None:
            self._index = self._open(embedder)
        self._queue_what_is_missing(embedder, self._index)
        return embed_pending(self._ledger, embedder, self._index, on_progress=on_progress)

    def _open(self, embedder: Embedder) -> VectorIndex:
        return VectorIndex.open(
            self._vectors, model_id=embedder.model_id, dimension=embedder.dimension
        )

    def _discard_index(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
        wipe(self._vectors)

    def _queue_what_is_missing(self, embedder: Embedder, index: VectorIndex) -> None:
        """Queue every text that the index lacks; cached embeddings need no encoding again."""
        db = self._ledger.db
        missing = all_texts(db) - index.keys()
        if missing or facts.find_fact(db, facts.MODEL) != embedder.model_id:
            with self._ledger.writing() as db:
                enqueue(db, missing)
                facts.save_fact(db, facts.MODEL, embedder.model_id)
