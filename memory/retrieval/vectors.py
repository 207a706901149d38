"""The vectors of a store, as all who have it open in this process share them."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Condition, Lock
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from memory.errors import ArchMemError, StoreBusy, StoreNotFound, VectorIndexDamaged
from memory.ledger.store_place import acquire_in_place, only_in_place
from memory.retrieval.neighbours import Matrix
from memory.retrieval.vector_index import VectorIndex, wipe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from memory.retrieval.embedding import Embedder


class Vectors:
    """The vector index of a store with its lock, and its embeddings in memory.

    For any number of threads. The index is opened when it is first needed, by one process at a
    time and for one model at a time, and stays open until `close`.
    """

    def __init__(self, store: Path) -> None:
        """Open nothing yet.

        Args:
            store: The folder of the store.
        """
        self.folder = store / "vectors"
        self.turns = Turns()  # of those who embed
        self.checked_at: int | None = None  # keys in the open index when what it lacks was queued
        # Not of one thread: whoever closes a store may not be who asked it first.
        self._lock = FileLock(store / "vectors.lock", mode=0o600, thread_local=False)
        self._state = Condition()  # guards what follows
        self._index: VectorIndex | None = None
        self._model_id = ""  # of the index that is open
        self._users = 0  # of that index, just now
        self._matrix: Matrix | None = None  # of the model that was asked for last

    def exist(self) -> bool:
        """Whether there is an index on disk, whatever its state."""
        return self.folder.is_dir() and any(self.folder.iterdir())

    def matrix(self, model_id: str) -> Matrix:
        """A model's embeddings in memory, the same for everybody; of one model at a time."""
        with self._state:
            if self._matrix is None or self._matrix.model_id != model_id:
                self._matrix = Matrix(model_id)
            return self._matrix

    @contextmanager
    def reading(self, embedder: Embedder) -> Iterator[VectorIndex | None]:
        """The index, if it is whole and nobody else has it; else None, and no waiting.

        A damaged one is wiped, so that the next index run makes it anew.
        """
        with self._state:
            index = self._open_for_reading(embedder)
            self._users += index is not None
        try:
            yield index
        finally:
            if index is not None:
                self._leave()

    @contextmanager
    def writing(self, embedder: Embedder) -> Iterator[VectorIndex]:
        """The index of a model, for whoever has the turn.

        Raises:
            StoreBusy: another process has it open.
            VectorIndexDamaged: `discard` it and try again.
            OSError: it is out of reach.
        """
        with self._state:
            try:
                index = self._open(embedder)
            finally:
                self._release_if_closed()
            self._users += 1
        try:
            yield index
        finally:
            self._leave()

    def find_fault(self) -> str:
        """Why the index on disk cannot be used, in words; "" where it can, or there is none.

        It is closed for that, once nobody uses it.

        Raises:
            StoreBusy: another process has it open.
        """
        with self._state:
            if not self.exist():
                return ""
            self._close_index()
            self._acquire()
            try:
                return VectorIndex.find_fault(self.folder)
            finally:
                self._release_if_closed()

    def discard(self) -> None:
        """Wipe the index, once nobody uses it.

        Raises:
            StoreBusy: another process has it open.
            OSError: it cannot be wiped.
        """
        with self._state:
            self._close_index()
            self._acquire()
            try:
                wipe(self.folder)
            finally:
                self._release_if_closed()

    def close(self) -> None:
        """Let go of the index, once nobody uses it, for other processes to open."""
        with self._state:
            self._close_index()
            self._release_if_closed()

    def _open_for_reading(self, embedder: Embedder) -> VectorIndex | None:
        is_of_other = self._index is not None and self._model_id != embedder.model_id
        if not self.folder.exists() or (is_of_other and self._users):
            return None
        try:
            return self._open(embedder)
        except VectorIndexDamaged:
            with suppress(OSError):
                wipe(self.folder)
        except (ArchMemError, OSError):
            pass  # it is said when something is to be written
        finally:
            self._release_if_closed()
        return None

    def _open(self, embedder: Embedder) -> VectorIndex:
        if self._index is None or self._model_id != embedder.model_id:
            self._close_index()
            self._acquire()
            self._index = self._open_where_it_lies(embedder)
            self._model_id = embedder.model_id
        return self._index

    def _open_where_it_lies(self, embedder: Embedder) -> VectorIndex:
        index = None
        try:
            with only_in_place(self.folder):
                index = VectorIndex.open(
                    self.folder, model_id=embedder.model_id, dimension=embedder.dimension
                )
        except StoreNotFound:
            if index is not None:
                index.close()
            raise
        return index

    def _acquire(self) -> None:
        if self._lock.is_locked:  # by us: the index was or is open
            return
        try:
            acquire_in_place(self._lock, timeout=0)
        except Timeout as error:
            raise StoreBusy(self.folder, "another process that has it open") from error

    def _release_if_closed(self) -> None:
        if self._index is None:
            self._lock.release()

    def _close_index(self) -> None:
        self._state.wait_for(lambda: not self._users)
        if self._index is not None:
            self._index.close()
            self._index, self.checked_at = None, None

    def _leave(self) -> None:
        with self._state:
            self._users -= 1
            self._state.notify_all()


class Turns:
    """Lets one thread work at a time, and see to what others wanted done meanwhile."""

    def __init__(self) -> None:
        self._all = Lock()  # held by whoever does all there is to do
        self._one = Lock()  # held by whoever is at work
        self._is_wanted = False

    @property
    def are_taken(self) -> bool:
        """Whether somebody is doing all there is to do."""
        return self._all.locked()

    def work(self, work: Callable[[], None], *, wait: bool) -> None:
        """Do some work, and do it again each time that others have left theirs to us meanwhile.

        Args:
            work: Does what there is to do.
            wait: Wait for whoever is at work; else it is left to them, to be done after this.
        """
        self._is_wanted = True  # before looking: whoever is at work looks after working
        while self._all.acquire(blocking=wait):
            try:
                self._is_wanted = False
                with self._one:
                    work()
            finally:
                self._all.release()
            if not self._is_wanted:
                break

    def work_a_little(self, work: Callable[[], object]) -> None:
        """Do a part of the work that takes no time, unless somebody is at it; others wait for us.

        Args:
            work: Does that part; what is left, others do.
        """
        self._is_wanted = True  # as above
        if self._one.acquire(blocking=False):
            try:
                work()
            finally:
                self._one.release()
