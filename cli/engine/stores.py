"""The memories that are open: few at a time, each read by one thread and written by any."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from indexer.project import open_project, worktree_twin
from indexer.project_root import find_project
from memory.api import LEDGER
from memory.config import SETTINGS_FILE, STORE_FOLDER
from memory.errors import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cli.engine.calls import Address, Overrides
    from cli.engine.project_list import ProjectList
    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem
    from memory.retrieval.model import Model, Models

MOST_OPEN = 8  # a memory of 10,000 texts takes 30 MB while it is searched
PATIENCE = 10.0  # seconds that a caller with other settings waits for those before it


class _Opened(NamedTuple):
    """What a store was opened with; when one of these is another, it has to be opened anew."""

    overrides: Overrides
    settings_file: tuple[int, int] | None  # size and time of archmem.toml
    ledger: tuple[int, int] | None  # device and inode: it may be deleted while it is open


@dataclass
class _Store:
    reader: ArchMem
    opened: _Opened
    model: Model
    reading: threading.Lock = field(default_factory=threading.Lock)
    users: int = 0


class Stores:
    """Opens memories when they are asked for, and closes the one that was not for longest.

    Searching is work for the interpreter, which does one thing at a time: one reader for each
    memory keeps the embeddings in memory once and answers as many callers as several would.
    Whoever writes gets a twin of it.
    """

    def __init__(
        self, models: Models, known: ProjectList, *, owner: str, most_open: int = MOST_OPEN
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
        self._most_open = most_open
        self._stores: OrderedDict[Path, _Store] = OrderedDict()
        self._changed = threading.Condition()

    @contextmanager
    def reading(self, address: Address, *, create: bool = False) -> Iterator[ArchMem]:
        """The memory of a project, for nobody else as long as the block lasts.

        Args:
            address: Whose memory.
            create: Make an empty one where there is none.

        Raises:
            ProjectNotFound, StoreNotFound, StoreTooNew, StoreDamaged, ConfigInvalid: there is
                none that can be opened.
            StoreOwned: another process has it.
        """
        with self._used(address, create=create) as (store, _), store.reading:
            yield store.reader

    @contextmanager
    def writing(self, address: Address, *, create: bool = False) -> Iterator[ArchMem]:
        """The memory of a project through the worktree that was named, beside all who read it.

        Raises:
            As `reading`.
        """
        with self._used(address, create=create) as (store, roots):
            twin = worktree_twin(
                store.reader,
                roots.worktree,
                models=self._models,
                environment=_environment(address.settings),
            )
            with twin:
                yield twin

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where the memories lie that are open, the one used last at the end."""
        with self._changed:
            return tuple(self._stores)

    def close(self) -> None:
        """Let go of all memories, of one that is being read once that is done."""
        with self._changed:
            stores = list(self._stores.values())
            self._stores.clear()
        for store in stores:
            with store.reading:
                store.reader.close()

    @contextmanager
    def _used(self, address: Address, *, create: bool) -> Iterator[tuple[_Store, ProjectRoots]]:
        roots = find_project(address.project)
        folder = address.store or roots.main / STORE_FOLDER
        with self._changed:
            store = self._find(folder, roots, address.settings)
            if store is None:
                store = self._open(folder, roots, address.settings, create=create)
                self._known.add(address.of(roots.main))
            self._stores.move_to_end(folder)
            store.users += 1
        try:
            yield store, roots
        finally:
            with self._changed:
                store.users -= 1
                self._close_some()
                self._changed.notify_all()

    def _find(self, folder: Path, roots: ProjectRoots, overrides: Overrides) -> _Store | None:
        """The open store of a folder, unless it has to be opened anew."""
        wanted = _opened(folder, roots, overrides)
        until = time.monotonic() + PATIENCE
        while (store := self._stores.get(folder)) and store.opened != wanted:
            if not store.users:
                self._stores.pop(folder).reader.close()
            elif not self._changed.wait(until - time.monotonic()):
                raise StoreBusy(folder, "callers with other settings")
        return store

    def _open(
        self, folder: Path, roots: ProjectRoots, overrides: Overrides, *, create: bool
    ) -> _Store:
        reader = open_project(
            roots.worktree,
            store=folder,
            create=create,
            models=self._models,
            environment=_environment(overrides),
            owner=self._owner,
        )
        # Named by whoever stays open, its model begins to be loaded, and is not loaded twice.
        store = _Store(reader, _opened(folder, roots, overrides), reader.model)
        self._stores[folder] = store
        return store

    def _close_some(self) -> None:
        idle = [folder for folder, store in self._stores.items() if not store.users]
        for folder in idle[: max(0, len(self._stores) - self._most_open)]:
            self._stores.pop(folder).reader.close()


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
