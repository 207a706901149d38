"""When the sessions of a project began, what each was told, and what each was given since."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from memory.ledger.interface.database import Ledger
    from memory.models.answer import Listed

KEPT = 30  # sessions; older ones are forgotten
SIDE_BY_SIDE = timedelta(hours=4)
SESSIONS, MEMORIES = 200, 1_000  # of which is known what they were given; the oldest are forgotten
_PREFIX = "session:"


class AgentSession(BaseModel):
    """A session of an agent, as the project's memory knows it; it survives the engine."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    session_id: str
    root: str  # the worktree it began in
    began: AwareDatetime  # or was resumed
    mark: int  # the newest revision then
    since: int  # it was told what came after this revision …
    seen: int  # … up to this one
    dirty: tuple[str, ...] | None = None  # digests of uncommitted files then; None: not known
    nudged: tuple[str, ...] = ()  # modules about which it was asked what it learned


def find_session(ledger: Ledger, session_id: str) -> AgentSession | None:
    """What is known of a session."""
    with ledger.reading() as db:
        return _read(db.facts.find(f"{_PREFIX}{session_id}"))


def list_sessions(ledger: Ledger) -> list[AgentSession]:
    """All that are remembered, the latest first, ties by id."""
    with ledger.reading() as db:
        found = [_read(value) for value in db.facts.beginning(_PREFIX).values()]
    return _latest_first([one for one in found if one is not None])


def save_session(ledger: Ledger, session: AgentSession) -> None:
    """Remember a session in place of what was known of it; forget the oldest of too many."""
    with ledger.writing() as db:
        db.facts.save(f"{_PREFIX}{session.session_id}", session.model_dump_json())
        known = {name: _read(value) for name, value in db.facts.beginning(_PREFIX).items()}
        kept = _latest_first([one for one in known.values() if one is not None])[:KEPT]
        db.facts.remove([name for name, one in known.items() if one not in kept])


def told_up_to(
    sessions: Sequence[AgentSession], session_id: str, source: str, now: datetime
) -> int | None:
    """The revision up to which a session that begins knows the memory; None if it is the first.

    A session that is resumed has before it what it was told. One whose context was cleared or
    compacted has not, and is told again what it was told since it began. A new one goes by the
    last session before it. But what began within four hours may still be going on, or have been
    started together with it by somebody who coordinates several: what such sessions were told
    is told again, so that none hides a change from another.
    """
    own = next((one for one in sessions if one.session_id == session_id), None)
    if own is not None:
        return own.seen if source == "resume" else own.since
    if not sessions:
        return None
    before = [one.seen for one in sessions if now - one.began >= SIDE_BY_SIDE]
    return max(before) if before else min(one.since for one in sessions)


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


class SessionContexts:
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


def _latest_first(sessions: list[AgentSession]) -> list[AgentSession]:
    by_id = sorted(sessions, key=lambda one: one.session_id)
    return sorted(by_id, key=lambda one: one.began, reverse=True)


def _read(value: str | None) -> AgentSession | None:
    try:
        return AgentSession.model_validate_json(value) if value else None
    except ValidationError:  # of another version
        return None


def _as_said(listed: Listed) -> object:
    return listed.memory.revision.draft.digest, listed.standing
