"""Watches a project's files on a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from indexer.project_root import root_identity
from indexer.watching.batches import Batch, Cause, PendingBatch, Tuning
from indexer.watching.folders import Poller, WatchedFolders
from indexer.watching.notices import CannotNotify, open_notifier
from memory.errors import ArchMemError, ProjectNotFound, ProjectUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import PurePosixPath
    from types import TracebackType

    from indexer.project_root import ProjectRoots
    from indexer.watching.notices import Notice, Notifier
    from memory.config import Settings

_log = logging.getLogger(__name__)

HEARD_AT_MOST = 100_000  # notices that wait, some 30 MB; with more of them, everything is looked at


class Mode(StrEnum):
    """How a watcher learns of changes."""

    STARTING = "starting"
    WATCHING = "watching"  # the system tells it
    POLLING = "polling"  # it looks again and again
    AWAY = "away"  # the project's folder is gone; it looks whether it comes back
    STOPPED = "stopped"


@dataclass(frozen=True)
class WatcherState:
    """How a watcher fares."""

    mode: Mode
    folders: int = 0  # that the system watches
    said: str = ""  # a line for a person: what is wrong and what can be done; empty if nothing is


def watch(
    roots: ProjectRoots,
    settings: Settings,
    *,
    on_batch: Callable[[Batch], None],
    on_state: Callable[[WatcherState], None] | None = None,
    tuning: Tuning | None = None,
) -> Watcher:
    """A watcher, not started, for the files that an index run would read."""
    from indexer.discovery.looks import may_tell
    from indexer.formats.registry import formats

    known = formats(settings.record_folders)
    return Watcher(
        roots,
        accepts=lambda path: may_tell(path) or any(one.accepts(path) for one in known),
        ignore=settings.ignore,
        on_batch=on_batch,
        on_state=on_state,
        tuning=tuning,
    )


class Watcher:
    """Tells which files of a worktree have to be looked at again.

    The first batch asks for everything, as nobody knows what happened before. From then on
    every change is in some batch: at once if the system tells of it, else within
    `Tuning.rescan_every`. A batch comes after what it tells of, never before, so that whoever
    reads the files then sees at least that. Where the system cannot tell of changes, the files
    are looked at every few seconds instead.

    A watcher is started once, and stopped once.
    """

    def __init__(
        self,
        roots: ProjectRoots,
        *,
        accepts: Callable[[PurePosixPath], bool],
        ignore: Sequence[str] = (),
        on_batch: Callable[[Batch], None],
        on_state: Callable[[WatcherState], None] | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        """Watch nothing yet.

        What `on_batch` raises is logged, said by the state, and the batch is repeated later, as one
        that asks for everything; `on_state` is called whenever the state is another.
        """
        self._root = roots.worktree
        self._tuning = tuning or Tuning()
        self._on_batch = on_batch
        self._on_state = on_state
        self._folders = WatchedFolders(self._root, accepts, ignore)
        self._poller = Poller(self._root, accepts, ignore, self._tuning)
        self._pending = PendingBatch(roots.git_dir, self._tuning)
        self._thread = threading.Thread(target=self._run, name=f"watch {self._root.name}")
        self._thread.daemon = True
        self._state = WatcherState(Mode.STARTING)

        self._awake = threading.Condition()  # guards the next three
        self._heard: deque[Notice] = deque()
        self._has_missed = False
        self._is_over = False

        self._notifier: Notifier | None = None
        self._identity: tuple[int, int] | None = None  # of the root that is watched
        self._look_at = 0.0
        self._rescan_at = 0.0
        self._failures = 0
        self._retry: tuple[float, Cause] | None = None

    @property
    def state(self) -> WatcherState:
        """How it fares now."""
        return self._state

    def start(self) -> None:
        """Begin to watch, and return at once."""
        self._pending.add(Cause.START, time.monotonic())
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer; a second time does nothing.

        Returns when no thread is left and no `on_batch` is running. Called by `on_batch`
        itself, it returns at once, and that batch was the last.
        """
        with self._awake:
            self._is_over = True
            self._awake.notify()
        if self._thread.ident is not None and self._thread is not threading.current_thread():
            self._thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _hear(self, notice: Notice | None) -> None:
        """Take in what the system tells; on a thread of its own."""
        with self._awake:
            was_awake = self._heard or self._has_missed
            if notice is None or len(self._heard) >= HEARD_AT_MOST:
                self._has_missed = True
                self._heard.clear()
            else:
                self._heard.append(notice)
            if not was_awake:
                self._awake.notify()

    # All that follows is done by the watcher's own thread.

    def _run(self) -> None:
        try:
            while self._wait():
                try:
                    self._work()
                except (ProjectNotFound, ProjectUnreadable) as error:
                    self._go_away(error)
                except Exception as error:  # noqa: BLE001 - whatever it is, watching goes on
                    self._fail(error, Cause.RETRY)
        finally:
            self._close_notifier()
            self._state = WatcherState(Mode.STOPPED)

    def _wait(self) -> bool:
        left = max(0.0, self._next_at() - time.monotonic())
        with self._awake:
            self._awake.wait_for(lambda: self._is_over or self._heard or self._has_missed, left)
            if self._heard:
                self._awake.wait_for(lambda: self._is_over, self._tuning.pause)
            return not self._is_over

    def _next_at(self) -> float:
        now = time.monotonic()
        moments = [self._look_at]
        left = self._pending.seconds_left(now)
        if left is not None and self._state.mode is not Mode.AWAY:
            moments.append(now + left)
        if self._state.mode is Mode.POLLING:
            moments.append(self._poller.next_at)
        if self._retry is not None:
            moments.append(self._retry[0])
        return min(moments)

    def _work(self) -> None:
        self._look_at_clock(time.monotonic())
        if self._state.mode is Mode.AWAY:
            return
        self._gather_notices()
        if self._state.mode is Mode.POLLING and time.monotonic() >= self._poller.next_at:
            self._pending.add(self._poller.look(), time.monotonic())
        if self._pending.seconds_left(time.monotonic()) == 0:
            self._deliver(self._pending.take())

    def _look_at_clock(self, now: float) -> None:
        if now >= self._look_at:
            self._look_at = now + self._tuning.look_every
            identity = root_identity(self._root)
            if self._identity is not None and identity != self._identity:
                self._identity = identity
                self._pending.add(Cause.ROOT, now)
            if self._state.mode is Mode.AWAY:
                self._say(Mode.STARTING)
        if self._identity is not None and now >= self._rescan_at:
            self._rescan_at = now + self._tuning.rescan_every
            self._pending.add(Cause.RESCAN, now)
        if self._retry is not None and now >= self._retry[0]:
            self._pending.add(self._retry[1], now)
            self._retry = None

    def _gather_notices(self) -> None:
        with self._awake:
            heard, self._heard = self._heard, deque()
            has_missed, self._has_missed = self._has_missed, False
        if has_missed:
            self._pending.add(Cause.OVERFLOW, time.monotonic())
        try:
            for notice in heard:
                if self._notifier is not None:
                    self._pending.add(self._folders.heed(notice, self._notifier), notice.at)
        except CannotNotify:
            self._pending.add(Cause.OVERFLOW, time.monotonic())  # which tries again, or polls

    def _deliver(self, batch: Batch) -> None:
        began = time.thread_time()
        if batch.paths is None:
            self._watch_all()
        else:
            batch = Batch(self._folders.not_ignored(batch.paths), batch.cause, batch.first_at)
            if not batch.paths:
                return
        try:
            self._on_batch(batch)
        except Exception as error:  # noqa: BLE001 - of others; it must not end the watching
            is_lasting = batch.cause is Cause.SETTINGS
            self._fail(error, Cause.SETTINGS if is_lasting else Cause.RETRY)
            return
        if batch.paths is None and not self._is_over:
            took = time.thread_time() - began
            self._rescan_at = max(self._rescan_at, time.monotonic() + took / self._tuning.share)
            self._failures, self._retry = 0, None
            self._say(self._state.mode, self._state.said if self._notifier is None else "")

    def _watch_all(self) -> None:
        """Afterwards every folder is watched that has to be, or the files are polled."""
        self._identity = root_identity(self._root)
        self._rescan_at = time.monotonic() + self._tuning.rescan_every
        try:
            if self._notifier is None:
                self._notifier = open_notifier(self._root, self._hear)
            self._folders.watch_all(self._notifier)
        except CannotNotify as error:
            self._close_notifier()
            self._poller.look()
            self._say(Mode.POLLING, str(error))
        else:
            self._say(Mode.WATCHING, self._state.said if self._failures else "")

    def _close_notifier(self) -> None:
        if self._notifier is not None:
            self._notifier.close()
            self._notifier = None
        with self._awake:
            self._heard.clear()
            self._has_missed = False

    def _go_away(self, error: ArchMemError) -> None:
        """Wait for the root to come back, and look at everything then."""
        self._close_notifier()
        self._identity = None
        self._pending.add(Cause.ROOT, time.monotonic())
        self._say(Mode.AWAY, f"{error} It is watched again when it is back.")

    def _fail(self, error: Exception, cause: Cause) -> None:
        wait = min(self._tuning.retry_after * 2**self._failures, self._tuning.rescan_every)
        self._failures = min(self._failures + 1, 20)
        self._retry = (time.monotonic() + wait, cause)
        _log.warning("What changed in %s was not taken in", self._root, exc_info=error)
        hint = f" {error.hint}" if isinstance(error, ArchMemError) else ""
        said = f"What changed was not taken in: {error or type(error).__name__}{hint}"
        self._say(self._state.mode, f"{said} It is tried again.")

    def _say(self, mode: Mode, said: str = "") -> None:
        folders = len(self._folders) if mode is Mode.WATCHING else 0
        state = WatcherState(mode, folders, said)
        is_news = state != self._state
        self._state = state
        if is_news and self._on_state is not None:
            try:
                self._on_state(state)
            except Exception:  # noqa: BLE001 - of others; it must not end the watching
                _log.exception("The state of watching %s could not be told", self._root)
