"""The projects whose files the engine watches."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cli.engine.watched_project import WatchedProject
from indexer.project_root import find_project
from memory.errors import ArchMemError, ProjectNotFound, TooWide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.engine.calls import Address
    from cli.engine.embedding import Embedding
    from cli.engine.lifetime import Lifetime
    from cli.engine.project_list import ProjectList
    from cli.engine.stores import Stores
    from cli.engine.watched_project import Learned
    from indexer.watching import State

_log = logging.getLogger(__name__)


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
        self._projects: dict[Path, WatchedProject] = {}  # by worktree
        self._lock = threading.RLock()

    def resume(self) -> None:
        """Watch again what was watched before; what is not there any more is passed over."""
        for address in self._listed.addresses():
            try:
                self._begin(address, address.project, is_on=True)
            except ArchMemError as error:
                _log.warning("not watched: %s %s", error, error.hint)

    def turn_on(self, address: Address) -> tuple[Path, State]:
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

    def states(self) -> dict[Path, State]:
        """What is watched, by worktree."""
        with self._lock:
            return {root: watched.state for root, watched in sorted(self._projects.items())}

    def addresses(self) -> tuple[Address, ...]:
        """Of what is watched, by worktree."""
        with self._lock:
            return tuple(watched.address for _, watched in sorted(self._projects.items()))

    @contextmanager
    def listening(
        self, address: Address, listener: Callable[[Learned | State], None]
    ) -> Iterator[State]:
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
                    address.of(root), self._stores, self._embedding, self._lifetime
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
