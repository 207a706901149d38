"""The sections of a brief, and which memory belongs in which."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from memory.models.details import Decision, Flag, Lesson, Run
from memory.models.flags import STILL_OPEN
from memory.models.kinds import Kind, Status

if TYPE_CHECKING:
    from memory.models.answer import Listed


class Section(StrEnum):
    """What a coordinator asks, in the order in which it is told."""

    OPEN = "What is open"
    GOVERNS = "What governs"
    TRIED = "What was tried"
    LEARNED = "What works and what does not"
    MEASURED = "What must not get worse"
    KNOWN = "Who knows what"


_OF_KIND = {
    Kind.REFACTORING: Section.TRIED,
    Kind.BASELINE: Section.MEASURED,
    Kind.NOTE: Section.KNOWN,
    Kind.LESSON: Section.LEARNED,
}


def section_of(listed: Listed) -> Section:
    """Where a memory is told.

    A decision that was rejected, or that another has replaced, is something that was tried; so
    is a run that was finished, and a flag that was closed.
    """
    details, standing = listed.memory.revision.draft.details, listed.standing
    if isinstance(details, Decision):
        governs = standing.in_force or standing.status is Status.PROPOSED
        return Section.GOVERNS if governs else Section.TRIED
    if isinstance(details, Flag):
        return Section.OPEN if standing.status in STILL_OPEN else Section.TRIED
    if isinstance(details, Run):
        return Section.OPEN if standing.status is Status.OPEN else Section.TRIED
    return _OF_KIND[details.kind]


def is_blocking(listed: Listed) -> bool:
    """Whether it is a flag that forbids to go on until it is settled."""
    details = listed.memory.revision.draft.details
    return isinstance(details, Flag) and details.blocking and listed.standing.status in STILL_OPEN


def warns(listed: Listed) -> bool:
    """Whether it tells of something that did not work, or was decided against."""
    details, status = listed.memory.revision.draft.details, listed.standing.status
    if isinstance(details, Lesson):
        return details.form == "antipattern" and listed.standing.in_force
    return status in (Status.REVERTED, Status.REJECTED, Status.FAILED)
