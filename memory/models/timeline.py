"""A module's memories told as a sequence of events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.kinds import SPECS
from memory.models.answer import Event, Listed
from memory.models.details import Run
from memory.models.kinds import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.models.revision import Memory

_BEGINNING = datetime.min.replace(tzinfo=UTC)
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
    memory, standing, spec = listed.memory, listed.standing, SPECS[listed.memory.kind]
    details = memory.revision.draft.details
    if isinstance(details, Run):
        yield from _of_run(memory, details)
        return
    began = memory.revision.draft.valid_from
    what = spec.happened_as.get(standing.status, spec.happened)
    yield Event(at=began, what=what, memory=memory)
    ended = _ENDS.get(standing.status)
    if ended and standing.valid_to:
        yield Event(at=standing.valid_to, what=ended, memory=memory)


def _of_run(run: Memory, details: Run) -> Iterator[Event]:
    """When it began, and when and how it was finished."""
    yield Event(at=details.begun or run.revision.recorded_at, what="begun", memory=run)
    if details.status is not Status.OPEN:
        what = SPECS[run.kind].happened_as.get(details.status, SPECS[run.kind].happened)
        yield Event(at=run.revision.draft.valid_from, what=what, memory=run)
