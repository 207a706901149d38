"""Work that nobody waits for, done on threads of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from memory.errors import StoreBusy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cli.engine.calls import Address
    from cli.engine.stores import Stores

RETRY_AFTER = 30.0  # seconds, where another process has the vectors open
_log = logging.getLogger(__name__)


class Background:
    """Does each task once, however often it was asked for while it waited.

    A task has a thread as long as it has something to do: what looks at files for seconds does
    not wait for what embeds for minutes.
    """

    def __init__(self) -> None:
        self._threads: dict[tuple[Path, str], threading.Thread] = {}
        self._wanted: set[tuple[Path, str]] = set()
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def soon(
        self, folder: Path, name: str, work: Callable[[], object], *, pause: float = 0.0
    ) -> None:
        """Do some work after a pause, and once more if it is asked for while it is being done.

        Args:
            folder: What it is done for: a memory, a worktree.
            name: What is done; while a task of this name has its thread, that one does it.
            work: Does it; what it raises is logged.
            pause: Seconds before each time.
        """
        task = (folder, name)
        with self._lock:
            if self.is_over:
                return
            self._wanted.add(task)
            if task not in self._threads:
                self._threads[task] = threading.Thread(
                    target=self._work, args=[task, work, pause], name=f"{name} {folder}"
                )
                self._threads[task].start()

    def end(self, folder: Path, name: str) -> None:
        """Do this work no more; afterwards what was under way is done."""
        with self._lock:
            self._wanted.discard((folder, name))
            thread = self._threads.get((folder, name))
        if thread is not None:
            thread.join()

    def waiting(self) -> list[str]:
        """What is done or waits to be, each as its name and its folder."""
        with self._lock:
            return sorted(f"{name} {folder}" for folder, name in self._threads)

    @property
    def is_over(self) -> bool:
        """Whether work that takes long is to end."""
        return self._is_over.is_set()

    def close(self) -> None:
        """Stop after what is being done; texts that are not embedded stay queued."""
        self._is_over.set()
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()

    def _work(self, task: tuple[Path, str], work: Callable[[], object], pause: float) -> None:
        while not self._is_over.wait(pause) and self._is_wanted(task):
            try:
                work()
            except StoreBusy as error:  # by a process that was there before us, and will go
                _log.warning("not done yet: %s", error)
                with self._lock:
                    self._wanted.add(task)
                self._is_over.wait(RETRY_AFTER)
            except Exception as error:  # noqa: BLE001  (of libraries too; the next call tries again)
                _log.warning("not done: %s: %s", type(error).__name__, error)

    def _is_wanted(self, task: tuple[Path, str]) -> bool:
        with self._lock:
            if task in self._wanted:
                self._wanted.discard(task)
                return True
            del self._threads[task]
            return False


def read_code_soon(background: Background, stores: Stores, address: Address) -> None:
    """Read in the background the code of a worktree, for whoever asks next."""

    def read() -> None:
        with stores.writing(address) as memory:
            memory.upkeep.read_code(should_stop=lambda: background.is_over)

    background.soon(address.project, "code", read)


def embed_soon(background: Background, stores: Stores, address: Address, folder: Path) -> None:
    """Embed in the background what waits for it in a memory, and what is queued meanwhile."""

    def embed() -> None:
        with stores.writing(address) as memory:
            memory.upkeep.embed(wait=False, should_stop=lambda: background.is_over)

    background.soon(folder, "embed", embed)
