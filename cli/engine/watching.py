"""The projects whose files the engine watches."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.project_root import find_project
from indexer.watching import Cause, Mode, State, watch
from memory.config import load_settings
from memory.errors import ArchMemError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cli.engine.calls import Address
    from cli.engine.embedding import Embedding
    from cli.engine.lifetime import Lifetime
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from indexer.watching import Batch, Watcher
    from memory.models.answer import Change
    from memory.models.report import IndexReport

BEGINNING = 3.0  # seconds in which even a large project is watched
_log = logging.getLogger(__name__)
_BY_HAND = frozenset({Cause.EVENTS, Cause.BURST, Cause.IGNORE_FILE, Cause.SETTINGS})


@dataclass(frozen=True)
class Learned:
    """What became of a batch of changed files."""

    report: IndexReport
    changes: tuple[Change, ...]
    since: float  # seconds from the first change until all of it was in the ledger


class Watching:
    """Keeps memories in step with the files of projects, until it is closed."""

    def __init__(
        self, stores: Stores, embedding: Embedding, lifetime: Lifetime, listed: ProjectList
    ) -> None:
        """Watch nothing yet.

        Args:
            stores: Where the memories are.
            embedding: Embeds what was taken in.
            lifetime: Told when somebody works in a project.
            listed: Remembers what to watch beyond the life of this process.
        """
        self._stores = stores
        self._embedding = embedding
        self._lifetime = lifetime
        self._listed = listed
        self._watches: dict[Path, _Watch] = {}  # by worktree
        self._lock = threading.RLock()

    def resume(self) -> None:
        """Watch again what was watched before; what is not there any more is passed over."""
        for address in self._listed.addresses():
            try:
                self._begin(address)
            except ArchMemError as error:
                _log.warning("not watched: %s %s", error, error.hint)

    def turn_on(self, address: Address) -> State:
        """Watch a project from now on, in every engine to come.

        Raises:
            ProjectNotFound, ConfigInvalid, StoreOwned …: it cannot be watched.
        """
        with self._stores.writing(address, create=True):
            pass  # whoever turns it on should hear at once if the memory cannot be opened
        watch = self._begin(address)
        self._listed.add(address.of(watch.root))
        return watch.settled_state()

    def turn_off(self, address: Address) -> bool:
        """Watch a project no longer; returns whether it was watched."""
        root = find_project(address.project).worktree
        with self._lock:
            watch = self._watches.pop(root, None)
        if watch is not None:
            watch.stop()
        return self._listed.remove(root) or watch is not None

    def states(self) -> dict[Path, State]:
        """What is watched, by worktree; what is listed but not there is away."""
        away = State(Mode.AWAY, 0, "its folder is not there")
        listed = {address.project: away for address in self._listed.addresses()}
        with self._lock:
            return listed | {root: watch.state for root, watch in sorted(self._watches.items())}

    @contextmanager
    def listening(
        self, address: Address, listener: Callable[[Learned | State], None]
    ) -> Iterator[State]:
        """Tell a listener what is learned of a project; it is watched meanwhile.

        Args:
            address: Which project.
            listener: Called on the watcher's thread.
        """
        was_on = find_project(address.project).worktree in self._watches
        watch = self._begin(address)
        watch.listeners.append(listener)
        try:
            yield watch.settled_state()
        finally:
            watch.listeners.remove(listener)
            is_listed = any(one.project == watch.root for one in self._listed.addresses())
            if not was_on and not watch.listeners and not is_listed:
                with self._lock:
                    self._watches.pop(watch.root, None)
                watch.stop()

    def close(self) -> None:
        """Watch nothing any more."""
        with self._lock:
            watches = list(self._watches.values())
            self._watches.clear()
        for one in watches:
            one.stop()

    def _begin(self, address: Address) -> _Watch:
        root = find_project(address.project).worktree
        with self._lock:
            if root not in self._watches:
                self._watches[root] = _Watch(
                    address.of(root), self._stores, self._embedding, self._lifetime
                )
            return self._watches[root]


class _Watch:
    """One project that is watched."""

    def __init__(
        self, address: Address, stores: Stores, embedding: Embedding, lifetime: Lifetime
    ) -> None:
        self.root = address.project
        self.listeners: list[Callable[[Learned | State], None]] = []
        self._address = address
        self._stores = stores
        self._embedding = embedding
        self._lifetime = lifetime
        self._watcher = self._new_watcher()
        self._watcher.start()

    @property
    def state(self) -> State:
        return self._watcher.state

    def settled_state(self) -> State:
        """How it fares once it has begun, if it begins soon."""
        until = time.monotonic() + BEGINNING
        while self.state.mode is Mode.STARTING and time.monotonic() < until:
            time.sleep(0.02)
        return self.state

    def stop(self) -> None:
        self._watcher.stop()

    def _new_watcher(self) -> Watcher:
        roots = find_project(self.root)
        return watch(roots, load_settings(self.root), on_batch=self._take_in, on_state=self._tell)

    def _take_in(self, batch: Batch) -> None:
        if batch.cause is Cause.SETTINGS:
            # Settings that cannot be understood raise here, and are looked at again later.
            old, self._watcher = self._watcher, self._new_watcher()
            old.stop()
            self._watcher.start()
            return
        by_hand = batch.cause in _BY_HAND
        with self._lifetime.serving() if by_hand else nullcontext():
            with self._stores.writing(self._address, create=True) as memory:
                before = memory.news()
                report = memory.take_in(only=batch.paths)
                news = memory.news(since=before.mark)
            self._embedding.soon(self._address)
            self._tell(Learned(report, news.changes, time.monotonic() - batch.first_at))

    def _tell(self, what: Learned | State) -> None:
        for listener in tuple(self.listeners):
            listener(what)
