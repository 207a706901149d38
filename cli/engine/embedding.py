"""Embeds what waits for it, on threads of its own, so that nobody who records has to wait."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from memory.errors import ArchMemError, StoreBusy

if TYPE_CHECKING:
    from pathlib import Path

    from cli.engine.calls import Address
    from cli.engine.stores import Stores

RETRY_AFTER = 30.0  # seconds
_log = logging.getLogger(__name__)


class Embedding:
    """One thread for each project that has something to embed, as long as it has."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._threads: dict[Path, threading.Thread] = {}
        self._again: set[Path] = set()
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def soon(self, address: Address) -> None:
        """Embed what waits in a project, beginning now; what is queued meanwhile too."""
        with self._lock:
            if self._is_over.is_set():
                return
            self._again.add(address.project)
            if address.project not in self._threads:
                thread = threading.Thread(
                    target=self._work, args=[address], name=f"embed {address.project.name}"
                )
                self._threads[address.project] = thread
                thread.start()

    def close(self) -> None:
        """Stop after the batches that are under way; the rest stays queued in the ledgers."""
        self._is_over.set()
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()

    def _work(self, address: Address) -> None:
        while self._is_wanted(address):
            try:
                with self._stores.writing(address) as memory:
                    memory.embed(wait=False, should_stop=self._is_over.is_set)
            except StoreBusy as error:  # by a process that was there before us, and will go
                _log.warning("not embedded yet: %s", error)
                self._is_over.wait(RETRY_AFTER)
                self._again.add(address.project)
            except (ArchMemError, OSError) as error:  # the texts stay queued for the next time
                _log.warning("not embedded: %s", error)

    def _is_wanted(self, address: Address) -> bool:
        with self._lock:
            if address.project in self._again and not self._is_over.is_set():
                self._again.discard(address.project)
                return True
            del self._threads[address.project]
            return False
