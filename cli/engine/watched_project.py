"""One project whose files are watched, and whose memory follows them."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.engine.looking import Looking
from indexer.project_root import ProjectRoots, find_project
from indexer.watching import Cause, Mode, watch
from memory.config import Settings, load_settings
from memory.errors import ProjectNotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.engine.calls import Address
    from cli.engine.embedding import Embedding
    from cli.engine.lifetime import Lifetime
    from cli.engine.stores import Stores
    from indexer.watching import Batch, State, Watcher
    from memory.models.answer import Change
    from memory.models.report import IndexReport

_log = logging.getLogger(__name__)
BEGINNING = 3.0  # seconds in which even a large project is watched
_BY_HAND = frozenset({Cause.EVENTS, Cause.BURST, Cause.IGNORE_FILE, Cause.SETTINGS})
_ANEW = frozenset({Cause.SETTINGS, Cause.ROOT})  # what is to be watched may be another now


@dataclass(frozen=True)
class Learned:
    """What became of a batch of changed files."""

    report: IndexReport
    changes: tuple[Change, ...]  # nothing while nobody listens


class WatchedProject:
    """Takes in what changes, from when it is made until it is stopped."""

    def __init__(
        self, address: Address, stores: Stores, embedding: Embedding, lifetime: Lifetime
    ) -> None:
        """Begin.

        Args:
            address: The root of a worktree; it may be away, and is watched once it is back.
            stores: Where its memory is.
            embedding: Embeds what was taken in.
            lifetime: Told when somebody works in the project.
        """
        self.root = address.project
        self.has_begun = threading.Event()  # all files were looked at once
        self.is_on = False  # somebody wants it watched, whether anybody listens or not
        self.listeners: list[Callable[[Learned | State], None]] = []
        self.address = address
        self._stores = stores
        self._embedding = embedding
        self._lifetime = lifetime
        self._lock = threading.Lock()  # of the watcher, while it is replaced or stopped
        self._is_over = False
        self._looking = Looking(self._look_again, name=f"look at {self.root}")
        self._watcher = self._new_watcher()
        self._watcher.start()

    @property
    def state(self) -> State:
        """How it fares now."""
        return self._watcher.state

    def settled_state(self) -> State:
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
        self._looking.close()

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
                before = memory.news()
                report = memory.take_in(only=batch.paths, look=False)
                memory.follow_history(look=False)  # a commit leads to what was saved before it
                changes = memory.news(since=before.mark).changes if self.listeners else ()
                folder = memory.folder
            self.has_begun.set()
            self._embedding.soon(self.address.of(roots.main), folder)
            self._tell(Learned(report, changes))
            self._looking.soon()

    def _look_again(self) -> None:
        """Look at what memories name, which may take seconds where much is named."""
        with self._stores.writing(self.address) as memory:
            for problem in memory.look_again():
                _log.warning("%s", problem)

    def _begin_anew(self) -> None:
        """Go by what the settings say now; if they say nothing sensible, later."""
        new = self._new_watcher()
        with self._lock:
            if self._is_over:
                return
            old, self._watcher = self._watcher, new
            old.stop()  # it is the one that called us, and ends when we return
            new.start()

    def _tell(self, what: Learned | State) -> None:
        for listener in tuple(self.listeners):
            listener(what)
