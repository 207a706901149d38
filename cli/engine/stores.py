"""The memories that are open: few at a time, each read by one thread and written by any."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Self
from weakref import WeakValueDictionary

from indexer.project import open_project, worktree_twin
from indexer.project_root import find_project
from memory.config import SETTINGS_FILE, STORE_FOLDER, Settings
from memory.errors import StoreDamaged, StoreOwned
from memory.ledger.ownership import ensure_belongs
from memory.session import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.engine.calls import Address, Overrides
    from cli.engine.project_list import ProjectList
    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem
    from memory.retrieval.model import Model, SharedModels


class FairLock:
    """`threading.Lock` gives itself to whoever comes at the right moment: some waited seconds."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_held = False
        self._waiting: deque[Lock] = deque()  # each is held until its owner's turn has come

    def __enter__(self) -> Self:
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return self
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


LOADING = 10.0  # seconds in which a model is loaded on any machine
MOST_OPEN = 8  # the embeddings of 10,000 texts, kept while they are searched, are 15 MB


class _Opened(NamedTuple):
    """What a store was opened with."""

    overrides: Overrides
    settings_file: tuple[int, int] | None  # size and time of archmem.toml
    ledger: tuple[int, int] | None  # device and inode: it may be deleted while it is open


@dataclass
class _Store:
    reader: ArchMem
    opened: _Opened
    model: Model  # named by whoever stays open, it is not loaded anew for each who writes
    reading: FairLock = field(default_factory=FairLock)
    users: int = 0
    is_replaced: bool = False

    def close(self) -> None:
        """Let go of it, once nobody reads."""
        with self.reading:
            self.reader.close()


class Stores:
    """Opens memories when they are asked for, and closes the one that was not for longest.

    Searching is work for the interpreter, which does one thing at a time: one reader for each
    memory keeps the embeddings in memory once and answers as many callers as several would.
    Whoever writes gets a twin of it. Opening and closing a memory holds up nobody who wants
    another one.
    """

    def __init__(
        self, models: SharedModels, known: ProjectList, *, owner: str, most_open: int = MOST_OPEN
    ) -> None:
        """Open nothing yet.

        Args:
            models: The models of this process.
            known: Remembers whose memories there are.
            owner: Who owns what is open, for those who find it owned.
            most_open: Memories that are kept open; more while more are in use.
        """
        self._models = models
        self._known = known
        self._owner = owner
        self._first: Model | None = models.of(Settings())  # most want it: it may begin to be loaded
        self._most_open = most_open
        self._stores: OrderedDict[Path, _Store] = OrderedDict()
        # Held by who opens or closes a store, and forgotten when nobody does.
        self._gates: WeakValueDictionary[Path, threading.Lock] = WeakValueDictionary()
        self._lock = threading.Lock()  # of the dictionaries and counts; nothing waits within

    @contextmanager
    def reading(self, address: Address, *, patience: float = 0.0) -> Iterator[ArchMem]:
        """The memory of a project, for nobody else as long as the block lasts.

        Args:
            address: Whose memory.
            patience: Seconds to wait for a model that is being loaded.

        Raises:
            ProjectNotFound, StoreNotFound, StoreTooNew, StoreDamaged, ConfigInvalid: there is
                none that can be opened.
            StoreOwned: another process has it.
            StoreOfAnotherProject: it was named, and is not this project's.
        """
        with self._used(address, create=False) as (store, roots):
            if patience:
                store.model.wait(patience)
            with store.reading:
                ensure_belongs(store.reader.ledger, roots.main)  # it may have been named
                yield store.reader

    @contextmanager
    def writing(self, address: Address, *, create: bool = False) -> Iterator[ArchMem]:
        """The memory of a project through the worktree that was named, beside all who read it.

        Args:
            address: Whose memory.
            create: Make an empty one where there is none.

        Raises:
            As `reading`.
        """
        with self._used(address, create=create) as (store, roots):
            twin = worktree_twin(
                store.reader,
                roots.worktree,
                models=self._models,
            )
            with twin:
                yield twin

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the memories lie that are open, the one used last at the end."""
        with self._lock:
            return tuple(self._stores)

    def close(self) -> None:
        """Let go of all memories, of one that is being read once that is done."""
        with self._lock:
            stores = list(self._stores.values())
            self._stores.clear()
        for store in stores:
            store.close()
        # Python must not end while a thread is inside a library that loads a model: it aborts.
        for model in (self._first, *(store.model for store in stores)):
            if model is not None:
                model.wait(LOADING)

    @contextmanager
    def _used(self, address: Address, *, create: bool) -> Iterator[tuple[_Store, ProjectRoots]]:
        roots = find_project(address.project)
        folder = (address.store or roots.main / STORE_FOLDER).resolve()
        store = self._take(folder, roots, address, create=create)
        try:
            yield store, roots
        except StoreDamaged:  # opened again, what can still be read of it is told
            with self._lock:
                if self._stores.get(folder) is store:
                    del self._stores[folder]
                    store.is_replaced = True
            raise
        finally:
            with self._lock:
                store.users -= 1
                is_left = store.is_replaced and not store.users
            if is_left:
                store.close()
            self._close_surplus()

    def _take(self, folder: Path, roots: ProjectRoots, address: Address, *, create: bool) -> _Store:
        """The store of a folder, counted as used by one more."""
        with self._gate(folder):
            wanted = _opened(folder, roots, address.settings)
            with self._lock:
                store = self._stores.get(folder)
                if store is not None and _serves(store, wanted):
                    store.users += 1
                    self._stores.move_to_end(folder)
                    return store
                if store is not None:
                    del self._stores[folder]
                    store.is_replaced = True
                idle = store if store is not None and not store.users else None
            if idle is not None:
                idle.close()
            store = self._open(folder, roots, address, create=create)
            with self._lock:
                store.users += 1
                self._stores[folder] = store
        self._known.add(address.of(roots.main))
        return store

    def _open(self, folder: Path, roots: ProjectRoots, address: Address, *, create: bool) -> _Store:
        try:
            reader = self._reader(folder, roots, address, create=create)
        except StoreOwned as error:
            # By another engine: `archmem stop` would only stop this one.
            error.hint = "End that process, or use the runtime folder that it uses."
            raise
        store = _Store(reader, _opened(folder, roots, address.settings), reader.model)
        self._first = None
        return store

    def _reader(
        self, folder: Path, roots: ProjectRoots, address: Address, *, create: bool
    ) -> ArchMem:
        return open_project(
            roots.main,  # its settings are those of all worktrees
            store=folder,
            create=create,
            models=self._models,
            environment=_environment(address.settings),
            owner=self._owner,
        )

    def _close_surplus(self) -> None:
        with self._lock:
            idle = [folder for folder, store in self._stores.items() if not store.users]
            surplus = idle[: max(0, len(self._stores) - self._most_open)]
        for folder in surplus:
            gate = self._gate(folder)
            if not gate.acquire(blocking=False):  # somebody is about to use it again
                continue
            try:
                with self._lock:
                    store = self._stores.get(folder)
                    if store is None or store.users:
                        continue
                    del self._stores[folder]
                store.close()
            finally:
                gate.release()

    def _gate(self, folder: Path) -> threading.Lock:
        with self._lock:
            return self._gates.setdefault(folder, threading.Lock())


def _serves(store: _Store, wanted: _Opened) -> bool:
    """Whether an open store will do.

    One whose ledger is no longer the one in the folder never does. Other settings wait until
    nobody uses it: one caller's must not hold up all others.
    """
    if store.opened.ledger != wanted.ledger:
        return False
    return store.opened == wanted or store.users > 0


def _environment(overrides: Overrides) -> dict[str, str]:
    """The caller's settings, as the caller's environment had them."""
    said = overrides.model_dump(exclude_none=True)
    return {f"ARCHMEM_{name.upper()}": value for name, value in said.items()}


def _opened(folder: Path, roots: ProjectRoots, overrides: Overrides) -> _Opened:
    try:
        about = (roots.main / SETTINGS_FILE).stat()
        settings_file = (about.st_size, about.st_mtime_ns)
    except OSError:
        settings_file = None
    try:
        ledger = (folder / LEDGER).stat()
        identity = (ledger.st_dev, ledger.st_ino)
    except OSError:
        identity = None
    return _Opened(overrides, settings_file, identity)
