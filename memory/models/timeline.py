"""A module's memories told as a sequence of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.models.answer import Event, Listed
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_WHAT = {
    Kind.DECISION: "decided",
    Kind.REFACTORING: "refactored",
    Kind.BASELINE: "measured",
    Kind.NOTE: "noted",
    Kind.FLAG: "flagged",
    Kind.LESSON: "learned",
    Kind.RUN: "coordinated",
}
_DECISIONS = {Status.PROPOSED: "proposed", Status.REJECTED: "rejected"}
_ENDS = {
    Status.SUPERSEDED: "superseded",
    Status.DEPRECATED: "deprecated",
    Status.REVERTED: "reverted",
    Status.RESOLVED: "resolved",
    Status.EXPIRED: "expired",
}


def tell_timeline(memories: Iterable[Listed]) -> tuple[Event, ...]:
    """What happened, oldest first; what has no date comes first, in the order given.

    A memory that ceased to hold on a known day is told twice: when it began, and when it ended.
    """
    events = [event for listed in memories for event in _events(listed)]
    return tuple(sorted(events, key=lambda event: event.at or _BEGINNING))


def _events(listed: Listed) -> Iterator[Event]:
    memory, standing = listed.memory, listed.standing
    began = memory.revision.draft.valid_from
    what = _DECISIONS.get(standing.status) if memory.kind is Kind.DECISION else None
    yield Event(at=began, what=what or _WHAT[memory.kind], memory=memory)
    ended = _ENDS.get(standing.status)
    if ended and standing.valid_to:
        yield Event(at=standing.valid_to, what=ended, memory=memory)
