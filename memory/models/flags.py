"""Flags: which are still open, whose they are, which come first, and what is done to them."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import AwareDatetime

from memory.kinds.vocabulary import Status
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


STILL_OPEN = (Status.OPEN, Status.ACKNOWLEDGED)
_SEVERITIES = ("critical", "high", "medium", "low", "")


def flag_of(listed: Listed) -> Flag:
    """What a flag says.

    Raises:
        TypeError: it is none.
    """
    details = listed.memory.revision.draft.details
    if not isinstance(details, Flag):
        raise TypeError(f"{listed.memory.uid} is no flag")
    return details


def is_blocking(listed: Listed) -> bool:
    """Whether it is a flag that forbids to go on until it is settled."""
    details = listed.memory.revision.draft.details
    return isinstance(details, Flag) and details.blocking and listed.standing.status in STILL_OPEN


def parties(flag: Flag) -> tuple[str, ...]:
    """Who raised it, who is to know, and whose it is to settle; some may be empty."""
    return flag.sender, *flag.receivers, flag.owner


def by_urgency(flags: Iterable[Listed]) -> list[Listed]:
    """What blocks first, then by severity, then by when it is due, the latest first, ties by uid.

    What is due on no day, or has no date, comes behind what has one.
    """
    return sorted(flags, key=urgency)


def urgency(listed: Listed) -> tuple[float | str, ...]:
    """What `by_urgency` sorts by."""
    flag = flag_of(listed)
    severity = _SEVERITIES.index(flag.severity)
    age = -_seconds(listed.memory.revision.draft.valid_from, -inf)
    return not flag.blocking, severity, _seconds(flag.due, inf), age, listed.memory.uid


def _seconds(moment: datetime | None, otherwise: float) -> float:
    return moment.timestamp() if moment else otherwise


FlagAction: TypeAlias = Literal["list", "acknowledge", "resolve", "expire"]


class Flags(Value):
    """Flags, the most urgent first, and what was done to one."""

    action: FlagAction
    flags: tuple[Listed, ...] = ()  # of a settled one just that
    at: AwareDatetime  # what is due before the day of it is overdue
    changed: bool = False  # whether something was kept
    said: str = ""  # what was done, or why nothing was
    path: str | None = None  # the file that says it now
    pending: str = ""  # why no file says it yet
