"""The projects whose files the engine watches, and whose memories follow them."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cli.engine.background import embed_soon
from indexer.project_root import ProjectRoots, find_project
from indexer.watching import Cause, Mode, watch
from memory.config import Settings, load_settings
from memory.errors import ArchMemError, ProjectNotFound, TooWide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.engine.background import Background
    from cli.engine.calls import Address
    from cli.engine.lifetime import Lifetime
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from indexer.watching import Batch, Watcher, WatcherState
    from memory.models.answer import Change
    from memory.models.report import IndexReport


_log = logging.getLogger(__name__)
#: Seconds before a look: what is saved meanwhile is a part of it, and is found first.
LOOK_AFTER = 1.0
BEGINNING = 3.0  # seconds in which even a large project is watched
_BY_HAND = frozenset({Cause.EVENTS, Cause.BURST, Cause.IGNORE_FILE, Cause.SETTINGS})
_ANEW = frozenset({Cause.SETTINGS, Cause.ROOT})  # what is to be watched may be another now


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch of changed files."""

    report: IndexReport
    changes: tuple[Change, ...]  # nothing while nobody listens


class WatchedProject:
    """Takes in what changes, from when it is made until it is stopped."""

    def __init__(
        self, address: Address, stores: Stores, background: Background, lifetime: Lifetime
    ) -> None:
        """Begin.

        Args:
            address: The root of a worktree; it may be away, and is watched once it is back.
            stores: Where its memory is.
            background: Embeds what was taken in, and looks at what memories name.
            lifetime: Told when somebody works in the project.
        """
        self.root = address.project
        self.has_begun = threading.Event()  # all files were looked at once
        self.is_on = False  # somebody wants it watched, whether anybody listens or not
        self.listeners: list[Callable[[BatchResult | WatcherState], None]] = []
        self.address = address
        self._stores = stores
        self._background = background
        self._lifetime = lifetime
        self._lock = threading.Lock()  # of the watcher, while it is replaced or stopped
        self._is_over = False
        self._watcher = self._new_watcher()
        self._watcher.start()

    @property
    def state(self) -> WatcherState:
        """How it fares now."""
        return self._watcher.state

    def settled_state(self) -> WatcherState:
        """How it fares once it has begun, if it begins soon."""
        until = time.monotonic() + BEGINNING
        while self.state.mode is Mode.STARTING and time.monotonic() < until:
            time.sleep(0.02)
        return self.state

    def stop(self) -> None:
        """Watch it no longer; what is being taken in is finished."""
        with self._lock:
            self._is_over = True
            watcher = self._watcher
        watcher.stop()
        self._background.end(self.root, "look")

    def _new_watcher(self) -> Watcher:
        try:
            roots, settings = self._roots(), load_settings(self.root)
        except ProjectNotFound:  # away: all that can be looked at is whether it comes back
            roots, settings = ProjectRoots(self.root, self.root, None), Settings()
        return watch(roots, settings, on_batch=self._take_in, on_state=self._tell)

    def _roots(self) -> ProjectRoots:
        roots = find_project(self.root)
        if roots.worktree != self.root:  # it was a repository; what is around it is another
            raise ProjectNotFound(self.root)
        return roots

    def _take_in(self, batch: Batch) -> None:
        if batch.cause in _ANEW:
            self._begin_anew()
            return
        roots = self._roots()
        with self._lifetime.serving() if batch.cause in _BY_HAND else nullcontext():
            with self._stores.writing(self.address) as memory:
                before = memory.upkeep.news()
                report = memory.upkeep.take_in(only=batch.paths, look=False)
                memory.upkeep.follow_history(
                    look=False
                )  # a commit leads to what was saved before it
                changes = memory.upkeep.news(since=before.mark).changes if self.listeners else ()
                folder = memory.folder
            self.has_begun.set()
            here = self.address.of(roots.main)
            embed_soon(self._background, self._stores, here, folder)
            self._tell(BatchResult(report, changes))
            self._background.soon(self.root, "look", self._look_again, pause=LOOK_AFTER)

    def _look_again(self) -> None:
        """Look at what memories name and at the code, which may take seconds."""
        with self._stores.writing(self.address) as memory:
            for problem in memory.upkeep.look_again():
                _log.warning("%s", problem)
            memory.upkeep.read_code()

    def _begin_anew(self) -> None:
        """Go by what the settings say now; if they say nothing sensible, later."""
        new = self._new_watcher()
        with self._lock:
            if self._is_over:
                return
            old, self._watcher = self._watcher, new
            old.stop()  # it is the one that called us, and ends when we return
            new.start()

    def _tell(self, what: BatchResult | WatcherState) -> None:
        for listener in tuple(self.listeners):
            listener(what)


class Watching:
    """Keeps memories in step with the files of projects, until it is closed."""

    def __init__(
        self, stores: Stores, background: Background, lifetime: Lifetime, listed: ProjectList
    ) -> None:
        """Watch nothing yet.

        Args:
            stores: Where the memories are.
            background: Embeds what was taken in.
            lifetime: Told when somebody works in a project.
            listed: Remembers what to watch beyond the life of this process.
        """
        self._stores = stores
        self._background = background
        self._lifetime = lifetime
        self._listed = listed
        self._projects: dict[Path, WatchedProject] = {}  # by worktree
        self._lock = threading.RLock()

    def resume(self) -> None:
        """Watch again what was watched before; what is not there any more is passed over."""
        for address in self._listed.addresses():
            try:
                self._begin(address, address.project, is_on=True)
            except ArchMemError as error:
                _log.warning("not watched: %s %s", error, error.hint)

    def turn_on(self, address: Address) -> tuple[Path, WatcherState]:
        """Watch a project from now on, in every engine to come; returns its root, and how.

        Raises:
            ProjectNotFound, ConfigInvalid, StoreOwned …: it cannot be watched.
        """
        root = self._ensure_memory(address)
        watched = self._begin(address, root, is_on=True)
        self._listed.add(address.of(root))
        return root, watched.settled_state()

    def turn_off(self, address: Address) -> tuple[Path, bool]:
        """Watch a project no longer; returns its root, and whether it was watched."""
        root = self._root_of(address)
        with self._lock:
            watched = self._projects.get(root)
            was_on = watched is not None and watched.is_on
            if watched is not None:
                watched.is_on = False
        self._end_unless_wanted(root)
        return root, self._listed.remove(root) or was_on

    def states(self) -> dict[Path, WatcherState]:
        """What is watched, by worktree."""
        with self._lock:
            return {root: watched.state for root, watched in sorted(self._projects.items())}

    def addresses(self) -> tuple[Address, ...]:
        """Of what is watched, by worktree."""
        with self._lock:
            return tuple(watched.address for _, watched in sorted(self._projects.items()))

    @contextmanager
    def listening(
        self, address: Address, listener: Callable[[BatchResult | WatcherState], None]
    ) -> Iterator[WatcherState]:
        """Tell a listener what is learned of a project; it is watched meanwhile.

        Args:
            address: Which project.
            listener: Called on the watcher's thread.
        """
        root = self._ensure_memory(address)
        with self._lock:
            watched = self._begin(address, root)
            watched.listeners.append(listener)
        try:
            yield watched.settled_state()
        finally:
            with self._lock:
                watched.listeners.remove(listener)
            self._end_unless_wanted(root)

    def close(self) -> None:
        """Watch nothing any more."""
        with self._lock:
            projects = list(self._projects.values())
            self._projects.clear()
        for one in projects:
            one.stop()

    def caught_up(self, address: Address, *, patience: float) -> bool:
        """Whether a project's memory is in step with its files, as far as it is watched.

        Args:
            address: Which project.
            patience: Seconds to wait for what is being looked at since the engine began.
        """
        with self._lock:
            if not self._projects:
                return True
            watched = self._projects.get(self._root_of(address))
        return watched is None or watched.has_begun.wait(patience)

    def _ensure_memory(self, address: Address) -> Path:
        """The root of a project that can be watched; afterwards it has a memory.

        Raises:
            TooWide: it is no project, but a place where all of somebody's projects are.
        """
        roots = find_project(address.project)
        if roots.git_dir is None and roots.worktree in {Path("/"), _home()}:
            raise TooWide(roots.worktree)
        with self._stores.writing(address, create=True):
            return roots.worktree

    def _begin(self, address: Address, root: Path, *, is_on: bool = False) -> WatchedProject:
        with self._lock:
            if root not in self._projects:
                self._projects[root] = WatchedProject(
                    address.of(root), self._stores, self._background, self._lifetime
                )
            watched = self._projects[root]
            watched.is_on = watched.is_on or is_on
            return watched

    def _end_unless_wanted(self, root: Path) -> None:
        with self._lock:
            watched = self._projects.get(root)
            if watched is None or watched.is_on or watched.listeners:
                return
            del self._projects[root]
        watched.stop()

    def _root_of(self, address: Address) -> Path:
        """The worktree that is meant, also when it is not there any more."""
        try:
            return find_project(address.project).worktree
        except ProjectNotFound:
            return address.project


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # nobody's
        return None
