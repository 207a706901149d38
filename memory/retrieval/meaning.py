"""The part of a store that knows by meaning: its ledger tied to a model and to vectors."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

from memory.errors import ArchMemError, VectorIndexDamaged
from memory.ledger import store_facts
from memory.models.report import Progress, no_progress
from memory.retrieval.embedding_queue import NOTHING, Embedded, embed_pending, never
from memory.retrieval.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.interface.database import Ledger
    from memory.retrieval.embedding import Embedder, OnStage
    from memory.retrieval.model import Model
    from memory.retrieval.vector_index import VectorIndex
    from memory.retrieval.vectors import Vectors

_BY_WORDS = "searched by words only"


class Meaning:
    """Asks model and vectors when they are first needed, and not before.

    Questions never wait for a model to be compiled and never need the vector index: without
    the one they are answered by words, without the other by comparing cached embeddings.
    One thread at a time uses it; model and vectors may be those of others too.
    """

    def __init__(self, ledger: Ledger, model: Model, vectors: Vectors) -> None:
        self._ledger = ledger
        self._model = model
        self._vectors = vectors
        self._neighbours: tuple[str, Neighbours] | None = None  # and the model that they are of
        self.reason = ""  # why questions are answered by words alone, if they are

    @property
    def is_ready(self) -> bool:
        """Whether the model can serve without being compiled first; `reason` says why not."""
        why = self._model.reason
        self.reason = f"{_BY_WORDS}: {why}" if why else ""
        return not why

    def encode_query(self, question: str) -> NDArray[np.float32] | None:
        """A question's embedding, of length 1; None, and a `reason`, when no model is ready."""
        if not self.is_ready:
            return None
        try:
            return self._model.load(again=False).encode_query(question)
        except ArchMemError as error:
            self.reason = f"{_BY_WORDS}: {error} {error.hint}"
            return None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32] | None:
        """The embeddings of passages, a row each, of length 1; None as for a question."""
        if not self.is_ready:
            return None
        try:
            return self._model.load(again=False).encode(texts)
        except ArchMemError as error:
            self.reason = f"{_BY_WORDS}: {error} {error.hint}"
            return None

    @property
    def gap(self) -> str:
        """What a search by meaning cannot see yet, in words; nothing when it sees everything."""
        embedded_by, waiting = self._ledger.db.embeddings.state()
        if embedded_by is not None and embedded_by != self._model.model_id:
            return f"the memory was embedded by {embedded_by}: run `archmem index`"
        if not waiting:
            return ""
        what_to_do = "it is being done" if self._vectors.turns.are_taken else "run `archmem index`"
        return f"texts not embedded yet: {waiting:,}; {what_to_do}"

    @property
    def model_id(self) -> str | None:
        """Names the model that embeds; None when none is ready."""
        return self._model.model_id if self.is_ready else None

    @property
    def neighbours(self) -> Neighbours | None:
        """What is near to a vector; None when no model is ready. Loads none itself."""
        model_id = self.model_id
        if model_id is None:
            return None
        if self._neighbours is None or self._neighbours[0] != model_id:
            matrix = self._vectors.matrix(model_id)
            read_index = partial(self._read_index, model_id)
            found = Neighbours(self._ledger, model_id, matrix, read_index)
            self._neighbours = model_id, found
        return self._neighbours[1]

    def index(self) -> AbstractContextManager[VectorIndex | None]:
        """The vectors, where a model is ready, they are whole and nobody else has them."""
        return self._read_index(self.model_id) if self.model_id else nullcontext()

    def catch_up(
        self,
        *,
        on_progress: Progress,
        on_stage: OnStage | None = None,
        wait: bool = True,
        should_stop: Callable[[], bool] = never,
    ) -> Embedded:
        """Embed everything that waits for it; compiles the model where that was never done.

        A vector index that is lost, damaged or of another model is made anew from the cache.

        Args:
            on_progress: Told about the stage `embed`, in texts.
            on_stage: Told the stages of compiling the model.
            wait: While another thread of this process is at it, wait for it; else return at
                once, as that one will embed what waits now. Neither is a model tried again
                then that could not be loaded before.
            should_stop: Asked before each batch of texts.

        Raises:
            StoreBusy: another process is at it; what is queued it will do.
            ModelNotFound, ModelNotUsable: the model that is set cannot serve.
        """
        if wait:
            self._model.look_again()
        if self._is_caught_up():
            return NOTHING
        embedder = self._model.load(on_stage, again=wait)
        done: list[Embedded] = []

        def work() -> None:
            fill = partial(self._fill, embedder, on_progress, should_stop)
            done.append(self._mending_index(fill))

        self._vectors.turns.work(work, wait=wait)
        return Embedded(sum(one.encoded for one in done), sum(one.seconds for one in done))

    def catch_up_a_little(self) -> None:
        """Embed a batch of what waits, the last first; leave it to whoever is at it already.

        Raises:
            As `catch_up`.
        """
        if self._is_caught_up():
            return
        embedder = self._model.load(again=False)

        def fill() -> Embedded:
            return self._fill(embedder, no_progress, chain([False], repeat(True)).__next__)

        self._vectors.turns.work_a_little(lambda: self._mending_index(fill))

    def _is_caught_up(self) -> bool:
        """Whether there is nothing to do, found out without loading model or vectors."""
        db = self._ledger.db
        return (
            db.embeddings.count_queued() == 0
            and db.facts.find(store_facts.MODEL) == self._model.model_id
            and self._vectors.exist()
            and self._model.can_load
        )

    def _read_index(self, model_id: str) -> AbstractContextManager[VectorIndex | None]:
        embedder = self._model.load()
        if embedder.model_id != model_id:  # its files have changed just now
            return nullcontext()
        return self._vectors.reading(embedder)

    def _mending_index(self, fill: Callable[[], Embedded]) -> Embedded:
        """Fill the index, once more and from the beginning where it turns out to be damaged."""
        try:
            return fill()
        except VectorIndexDamaged:
            self._vectors.discard()
            return fill()

    def _fill(
        self, embedder: Embedder, on_progress: Progress, should_stop: Callable[[], bool]
    ) -> Embedded:
        with self._vectors.writing(embedder) as index:
            if self._vectors.checked_at != len(index):
                self._queue_what_is_missing(index)
            if self._ledger.db.facts.find(store_facts.MODEL) != embedder.model_id:
                with self._ledger.writing() as db:
                    db.facts.save(store_facts.MODEL, embedder.model_id)
            embedded = embed_pending(
                self._ledger,
                embedder,
                index,
                on_progress=on_progress,
                should_stop=should_stop,
            )
            self._vectors.checked_at = len(index)
            return embedded

    def _queue_what_is_missing(self, index: VectorIndex) -> None:
        """Queue every text that the index lacks; cached embeddings need no encoding again."""
        missing = self._ledger.db.passages.hashes() - index.keys()
        if missing:
            with self._ledger.writing() as db:
                db.embeddings.enqueue(missing)


FEW = 64  # texts that are embedded while somebody waits: about a second


class MeaningAt(Meaning):
    """Embeds the few texts that only the commit has; many it leaves to be found by words."""

    def encode_query(self, question: str) -> NDArray[np.float32] | None:
        """As of any memory, once the few texts are embedded."""
        vector = super().encode_query(question)
        if vector is not None and 0 < self._ledger.db.embeddings.count_queued() <= FEW:
            with suppress(ArchMemError):  # `gap` tells of what is not embedded
                self._embed_few()
        return vector

    @property
    def gap(self) -> str:
        """What a search by meaning cannot see, in words; nothing when it sees everything."""
        by = self._ledger.db.facts.find(store_facts.MODEL)
        if by is None or by != self._model.model_id:
            return super().gap
        waiting = self._ledger.db.embeddings.count_queued()
        return f"texts of that commit found by words only: {waiting:,}" if waiting else ""

    def _embed_few(self) -> None:
        embedder = self._model.load(again=False)
        texts = self._ledger.db.embeddings.texts(self._ledger.db.embeddings.queued())
        vectors = embedder.encode(list(texts.values()))
        with self._ledger.writing() as db:
            db.embeddings.add(embedder.model_id, list(texts), vectors)
            db.embeddings.dequeue(texts)
