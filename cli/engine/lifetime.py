"""How long the engine lives: until it is told to stop, is idle for long, or was upgraded."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import cli
import indexer
import memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def program_stamp() -> str:
    """Names the program as it lies on the disk: paths, sizes and times of its files.

    An upgrade, and in a checkout an edit, changes it; so does taking the program away.
    """
    stamp = hashlib.blake2b(digest_size=16)
    for package in (memory, indexer, cli):
        for root in package.__path__:
            for file in sorted(_sources(root)):
                stamp.update(repr(file).encode("utf-8", "surrogatepass"))
    return stamp.hexdigest()


def _sources(root: str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    waiting = [root]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir():
                        waiting.append(entry.path)
                    elif Path(entry.name).suffix in {".py", ".json"}:
                        about = entry.stat()
                        found.append((entry.path, about.st_size, about.st_mtime_ns))
        except OSError:  # gone, or on its way: the next look sees the rest
            continue
    return found


LOOK_EVERY = 5.0  # seconds; reading the program's times takes about two milliseconds


class Ending(Enum):
    """Why the engine ends."""

    STOPPED = "it was told to stop"
    IDLE = "nobody asked it anything for a while"
    UPGRADED = "its program was changed"
    HOMELESS = "its runtime folder is gone, so that nobody can reach it"


class Lifetime:
    """Counts who is being served, and decides when the engine ends."""

    def __init__(
        self,
        *,
        idle_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        stamp: Callable[[], str] = program_stamp,
    ) -> None:
        """Begin to live now.

        Args:
            idle_seconds: After so long without a call or a changed file it ends.
            clock: Seconds that only go forward.
            stamp: Names the program on the disk.
        """
        self._idle_seconds = idle_seconds
        self._clock = clock
        self._stamp = stamp
        self._begun_as = self._seen = stamp()
        self._lock = threading.RLock()  # a signal may come while its own thread holds it
        self._busy = 0
        self._followers = 0
        self._last = clock()
        self.ending: Ending | None = None
        self.on_end: Callable[[], None] = lambda: None  # called once, on whichever thread

    @contextmanager
    def serving(self) -> Iterator[None]:
        """As long as the block lasts the engine is not idle."""
        with self._lock:
            self._busy += 1
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1
                self._last = self._clock()

    @contextmanager
    def following(self) -> Iterator[None]:
        """As long as the block lasts the engine is not idle, but may make place for a new one."""
        with self._lock:
            self._followers += 1
        try:
            yield
        finally:
            with self._lock:
                self._followers -= 1
                self._last = self._clock()

    @property
    def idle_seconds(self) -> float:
        """How long nothing has happened; 0 while something does."""
        with self._lock:
            return 0.0 if self._busy or self._followers else self._clock() - self._last

    @property
    def quiet_seconds(self) -> float:
        """How long nobody has asked anything, sessions that may ask again aside."""
        with self._lock:
            return 0.0 if self._busy else self._clock() - self._last

    @property
    def is_outdated(self) -> bool:
        """Whether the program on the disk is another than the one that runs."""
        return self._stamp() != self._begun_as

    def _was_upgraded(self) -> bool:
        """Whether it is another, and the same for two looks: an upgrade takes a while."""
        before, self._seen = self._seen, self._stamp()
        return before == self._seen != self._begun_as

    def end(self, ending: Ending) -> None:
        """End for this reason, unless there is one already."""
        with self._lock:
            if self.ending is not None:
                return
            self.ending = ending
        self.on_end()

    def look(self) -> Ending | None:
        """Why to end now, if there is a reason; calls that are under way are let finish."""
        if self.ending is None:
            if self.idle_seconds > self._idle_seconds:
                self.end(Ending.IDLE)
            elif not self._busy and self._was_upgraded():
                self.end(Ending.UPGRADED)
        return self.ending
