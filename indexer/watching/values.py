"""What a watcher hands on, what it says of itself, and what can be tuned."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Mode(StrEnum):
    """How a watcher learns of changes."""

    STARTING = "starting"
    WATCHING = "watching"  # the system tells it
    POLLING = "polling"  # it looks again and again
    AWAY = "away"  # the project's folder is gone; it looks whether it comes back
    STOPPED = "stopped"


@dataclass(frozen=True)
class State:
    """How a watcher fares."""

    mode: Mode
    folders: int = 0  # that the system watches
    said: str = ""  # a line for a person: what is wrong and what can be done; empty if nothing is


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
