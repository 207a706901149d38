"""Batches of changes: what they hold, and when what has happened is to be handed on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

LATER = 0.1  # seconds until git is looked at again


class Cause(StrEnum):
    """Why there is a batch; all but `EVENTS` mean that everything is to be looked at."""

    EVENTS = "events"
    START = "start"
    IGNORE_FILE = "ignore file"  # what is ignored has changed
    SETTINGS = "settings"  # archmem.toml has changed: this watcher still goes by the old ones
    LAYOUT = "layout"  # a link, or where another repository begins, has changed
    BURST = "burst"  # so much that some of it may have been missed
    OVERFLOW = "overflow"  # some of it was missed
    ROOT = "root"  # the project's folder is there again
    RESCAN = "rescan"  # it was time
    RETRY = "retry"  # the last batch could not be taken in


@dataclass(frozen=True)
class Batch:
    """Changes that belong together."""

    paths: frozenset[str] | None
    """Files, and folders for all below them, relative to the worktree; None for everything."""
    cause: Cause
    first_at: float  # when the first of it happened, by time.monotonic()


@dataclass(frozen=True)
class Tuning:
    """Seconds, if nothing else is said."""

    quiet: float = 0.2  # a batch comes when nothing has happened for so long,
    longest: float = 1.0  # or so long after its first event,
    git_patience: float = 10.0  # or after this, while git is at work
    pause: float = 0.05  # between looking at events, so that many wake us once
    burst: int = 500  # paths: with more of them, everything is looked at
    look_every: float = 2.0  # whether the project's folder is still the one that is watched
    rescan_every: float = 300.0  # everything, in case an event was missed
    poll_every: float = 2.0  # where the system does not tell of changes
    share: float = 0.01  # of a core, that looking at everything may take
    retry_after: float = 5.0  # doubled each time, up to `rescan_every`


class PendingBatch:
    """What has happened since the last batch; all moments are by time.monotonic()."""

    def __init__(self, git_dir: Path | None, tuning: Tuning) -> None:
        self._git_dir = git_dir
        self._tuning = tuning
        self._paths: set[str] = set()
        self._cause = Cause.EVENTS
        self._first_at = 0.0
        self._last_at: float | None = None

    def add(self, change: Collection[str] | Cause, at: float) -> None:
        """Note that paths have to be looked at, or, with a cause, everything."""
        if not change:
            return
        if self._last_at is None:
            self._first_at = at
        self._last_at = at
        if isinstance(change, Cause):
            # The first stays, but for the one that asks for more than to look at everything.
            if self._cause is Cause.EVENTS or change is Cause.SETTINGS:
                self._cause = change
        elif self._cause is Cause.EVENTS:
            self._paths.update(change)
            if len(self._paths) > self._tuning.burst:
                self._cause = Cause.BURST

    def seconds_left(self, now: float) -> float | None:
        """Until the batch is due; 0 when it is, None when there is nothing.

        A checkout, merge or rebase becomes one batch: git's lock says that it is at work, and
        a rebase is over for us when it pauses.
        """
        if self._last_at is None:
            return None
        quiet_at = self._last_at + self._tuning.quiet
        left = min(quiet_at, self._first_at + self._tuning.longest) - now
        if left > 0:
            return left
        patience_left = self._first_at + self._tuning.git_patience - now
        if patience_left <= 0:
            return 0.0
        if self._is_locked():
            return min(LATER, patience_left)
        return max(0.0, min(quiet_at - now, patience_left)) if self._is_rebasing() else 0.0

    def take(self) -> Batch:
        """All of it, as a batch; afterwards there is nothing."""
        paths = frozenset(self._paths) if self._cause is Cause.EVENTS else None
        batch = Batch(paths, self._cause, self._first_at)
        self._paths.clear()
        self._cause, self._last_at = Cause.EVENTS, None
        return batch

    def _is_locked(self) -> bool:
        """Whether git writes its index; an old lock was left behind, or git waits for a person."""
        if self._git_dir is None:
            return False
        try:
            written = (self._git_dir / "index.lock").stat().st_mtime
        except OSError:
            return False
        return time.time() - written < self._tuning.git_patience

    def _is_rebasing(self) -> bool:
        folders = ("rebase-merge", "rebase-apply")
        return self._git_dir is not None and any((self._git_dir / one).exists() for one in folders)
