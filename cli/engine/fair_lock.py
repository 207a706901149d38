"""A lock that is had in the order in which it was asked for."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import Self


class FairLock:
    """`threading.Lock` gives itself to whoever comes at the right moment: some waited seconds."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_held = False
        self._waiting: deque[Lock] = deque()  # each is held until its owner's turn has come

    def __enter__(self) -> Self:
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return self
            turn = Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False
