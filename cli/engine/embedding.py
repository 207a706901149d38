"""Embeds what waits for it, on threads of its own."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from memory.errors import StoreBusy

if TYPE_CHECKING:
    from pathlib import Path

    from cli.engine.calls import Address
    from cli.engine.stores import Stores

RETRY_AFTER = 30.0  # seconds
_log = logging.getLogger(__name__)


class Embedding:
    """One thread for each memory that has something to embed, as long as it has."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._threads: dict[Path, threading.Thread] = {}  # by where the memory lies
        self._again: set[Path] = set()
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def soon(self, address: Address, folder: Path) -> None:
        """Embed what waits in a memory, beginning now; what is queued meanwhile too.

        Args:
            address: Whose memory.
            folder: Where it lies.
        """
        with self._lock:
            if self._is_over.is_set():
                return
            self._again.add(folder)
            if folder not in self._threads:
                thread = threading.Thread(
                    target=self._work, args=[address, folder], name=f"embed {folder}"
                )
                self._threads[folder] = thread
                thread.start()

    def close(self) -> None:
        """Stop after the batches that are under way; the rest stays queued in the ledgers."""
        self._is_over.set()
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()

    def _work(self, address: Address, folder: Path) -> None:
        while self._is_wanted(folder):
            try:
                with self._stores.writing(address) as memory:
                    memory.embed(wait=False, should_stop=self._is_over.is_set)
            except StoreBusy as error:  # by a process that was there before us, and will go
                _log.warning("not embedded yet: %s", error)
                self._is_over.wait(RETRY_AFTER)
                with self._lock:
                    self._again.add(folder)
            except Exception as error:  # noqa: BLE001  (of libraries too; the next call tries again)
                _log.warning("not embedded: %s: %s", type(error).__name__, error)

    def _is_wanted(self, folder: Path) -> bool:
        with self._lock:
            if folder in self._again and not self._is_over.is_set():
                self._again.discard(folder)
                return True
            del self._threads[folder]
            return False
