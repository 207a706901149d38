"""Axes of time: where moments lie, and which days are marked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from memory.texts.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_MARKS = 7
#: Months between marks, from the finest.
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


class TimeAxis(NamedTuple):
    """Places along an axis, from 0 at its beginning to 1 at its end."""

    shares: list[float]  # of the moments, in their order
    marks: list[tuple[float, str]]


def time_axis(moments: Sequence[datetime | None]) -> TimeAxis:
    """An axis for moments that come in order.

    They lie as far apart as they are in time; where not each has a date, or all have the same,
    each as far from the next.
    """
    dated = [moment for moment in moments if moment is not None]
    if len(dated) < len(moments) or len(set(dated)) < 2:
        return _in_steps(moments)
    first, last = dated[0], dated[-1]
    span = (last - first).total_seconds()

    def share(moment: datetime) -> float:
        return (moment - first).total_seconds() / span

    marks = [(share(moment), words) for moment, words in _marks(first, last)]
    return TimeAxis([share(moment) for moment in dated], marks)


def _in_steps(moments: Sequence[datetime | None]) -> TimeAxis:
    count = len(moments)
    shares = [at / (count - 1) for at in range(count)] if count > 1 else [0.5]
    every = -(-count // _MOST_MARKS)
    marks = [(shares[at], day(moments[at]) or "undated") for at in range(0, count, every)]
    return TimeAxis(shares, marks)


def _marks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    for months in _MONTHS:
        starts = list(_starts(first, last, months))
        if len(starts) < 2:
            break
        if len(starts) <= _MOST_MARKS:
            return [(one, f"{one:%Y}" if months >= 12 else f"{one:%Y-%m}") for one in starts]
    return [(first, day(first)), (last, day(last))]


def _starts(first: datetime, last: datetime, months: int) -> Iterator[datetime]:
    """The beginnings of every so many months between two moments."""
    month = (first.year * 12 + first.month - 1) // months * months
    while True:
        if month // 12 > 9999:
            return
        start = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if start > last:
            return
        if start >= first:
            yield start
        month += months
