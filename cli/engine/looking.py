"""Looks at what memories name, after their files were taken in, so that nobody waits for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 1.0  # seconds before each look: what is saved meanwhile is a part of it, and is found first
_log = logging.getLogger(__name__)


class Looking:
    """One thread for one project, as long as there is something to look at."""

    def __init__(self, look: Callable[[], None], *, name: str) -> None:
        """Look at nothing yet.

        Args:
            look: Does it; what it raises is logged, and the next look sees the same.
            name: Of the thread.
        """
        self._look = look
        self._name = name
        self._again = False
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._is_over = threading.Event()

    def soon(self) -> None:
        """Look, beginning in a moment; at what changes meanwhile too."""
        with self._lock:
            if self._is_over.is_set():
                return
            self._again = True
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name)
                self._thread.start()

    def close(self) -> None:
        """Stop after the look that is under way; the next process will look at the rest."""
        self._is_over.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while not self._is_over.wait(PAUSE) and self._is_wanted():
            try:
                self._look()
            except Exception as error:  # noqa: BLE001  (the next batch tries again)
                _log.warning("not looked at: %s: %s", type(error).__name__, error)

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._again:
                self._again = False
                return True
            self._thread = None
            return False
