"""Moments, counts and names as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

_SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def day(moment: datetime | None) -> str:
    """The day of a moment, `2024-05-14`, or nothing."""
    return f"{moment:%Y-%m-%d}" if moment else ""


def minute(moment: datetime) -> str:
    """A moment as exact as people care for."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` it was, in the largest unit that fits."""
    seconds = (now - moment).total_seconds()
    for length, unit in _SPANS:
        if seconds >= length:
            return f"{counted(int(seconds // length), unit)} ago"
    return "just now"


def counted(count: int, one: str, many: str = "") -> str:
    """Such as 1 memory, 2 memories; `many` is the plural of `one` by rule if not given."""
    is_y = one.endswith("y") and one[-2:-1] not in "aeiou"
    regular = f"{one[:-1]}ies" if is_y else f"{one}s"
    return f"{count:,} {one if count == 1 else many or regular}"


def spoken(name: str) -> str:
    """A name of several words as people read it: "imports across" of `imports_across`."""
    return name.replace("_", " ")
