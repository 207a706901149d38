"""What each session was given already, so that nothing is given to it twice."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from memory.models.answer import Listed

SESSIONS, MEMORIES = 200, 1_000  # of which is known what they were given; the oldest are forgotten


class GivenTo:
    """What one session was given; any thread may ask."""

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


class Given:
    """What the sessions of all projects were given; any thread may ask."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sessions: OrderedDict[tuple[Path, str], GivenTo] = OrderedDict()

    def to(self, folder: Path, session_id: str) -> GivenTo:
        """What a session was given of the memory in a folder."""
        if not session_id:  # nobody's: it cannot be told what was said before
            return GivenTo()
        with self._lock:
            one = self._sessions.setdefault((folder, session_id), GivenTo())
            self._sessions.move_to_end((folder, session_id))
            if len(self._sessions) > SESSIONS:
                self._sessions.popitem(last=False)
            return one

    def forget(self, folder: Path, session_id: str) -> None:
        """The session no longer has what it was given."""
        with self._lock:
            self._sessions.pop((folder, session_id), None)


def _as_said(listed: Listed) -> object:
    return listed.memory.revision.draft.digest, listed.standing
