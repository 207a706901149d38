"""What each session was given already, as long as the engine lives."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from memory.models.answer import Listed

SESSIONS, MEMORIES = 200, 1_000  # of which is known what they were given; the oldest are forgotten


class Told:
    """What one session was given."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._said: OrderedDict[str, object] = OrderedDict()  # by uid

    def is_new(self, listed: Listed) -> bool:
        """Whether it was not given, or has changed or stands otherwise since."""
        with self._lock:
            return self._said.get(listed.memory.uid) != _as_said(listed)

    def add(self, listed: Listed) -> None:
        """It is given now."""
        with self._lock:
            self._said[listed.memory.uid] = _as_said(listed)
            self._said.move_to_end(listed.memory.uid)
            if len(self._said) > MEMORIES:
                self._said.popitem(last=False)


class Sessions:
    """What the sessions of all projects were given; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._told: OrderedDict[tuple[Path, str], Told] = OrderedDict()

    def of(self, folder: Path, session_id: str) -> Told:
        """What a session was given of the memory in a folder."""
        if not session_id:  # nobody's: it cannot be told what was said before
            return Told()
        with self._lock:
            told = self._told.setdefault((folder, session_id), Told())
            self._told.move_to_end((folder, session_id))
            if len(self._told) > SESSIONS:
                self._told.popitem(last=False)
            return told

    def forget(self, folder: Path, session_id: str) -> None:
        """The session no longer has what it was given."""
        with self._lock:
            self._told.pop((folder, session_id), None)


TOLD = Sessions()


def _as_said(listed: Listed) -> object:
    return listed.memory.revision.draft.digest, listed.standing
