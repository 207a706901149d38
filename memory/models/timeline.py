"""A module's memories told as a sequence of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.models.answer import Event, Listed
from memory.models.details import Run
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.models.revision import Memory

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_WHAT = {
    Kind.DECISION: "decided",
    Kind.REFACTORING: "refactored",
    Kind.BASELINE: "measured",
    Kind.NOTE: "noted",
    Kind.FLAG: "flagged",
    Kind.LESSON: "learned",
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
    if memory.kind is Kind.RUN:
        yield from _of_run(memory)
        return
    began = memory.revision.draft.valid_from
    what = _DECISIONS.get(standing.status) if memory.kind is Kind.DECISION else None
    yield Event(at=began, what=what or _WHAT[memory.kind], memory=memory)
    ended = _ENDS.get(standing.status)
    if ended and standing.valid_to:
        yield Event(at=standing.valid_to, what=ended, memory=memory)


def _of_run(run: Memory) -> Iterator[Event]:
    """When it began, and when and how it was finished."""
    details = run.revision.draft.details
    begun = details.begun if isinstance(details, Run) else None
    yield Event(at=begun or run.revision.recorded_at, what="begun", memory=run)
    if details.status is not Status.OPEN:
        what = "failed" if details.status is Status.FAILED else "coordinated"
        yield Event(at=run.revision.draft.valid_from, what=what, memory=run)
