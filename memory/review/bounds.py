"""Which series a trigger means, and whether its newest measurement is past the trigger's bound."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, TypeAlias

from memory.metrics.units import convert
from memory.texts.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from memory.ledger.measurements import Measurement
    from memory.metrics.measurement_series import Track
    from memory.review.conditions import Bound

#: Names the firing, says why, since when, and by which measurements.
Past: TypeAlias = tuple[str, str, "datetime | None", tuple[str, ...]]

_IS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_FILLERS = frozenset("the of our its a an any this metric baseline value measured for it".split())


def past_bound(
    bound: Bound, tracks: Sequence[Track], rested: Collection[str], *, since: datetime | None
) -> Past | str | None:
    """Why the bound is passed; words where it is not certain what is meant; None if it is not.

    Only measurements count that were made since the memory holds: who decided knew the earlier
    ones. The firing is named by the first measurement of those in a row that are past the
    bound, so that it stays the same until one is not.

    Args:
        bound: What the trigger says.
        tracks: All series.
        rested: Measurements that the memory rests on.
        since: When it began to hold, if anybody says.
    """
    meant = series_meant(bound, tracks, rested)
    if isinstance(meant, str):
        return meant
    unit = meant.newest.unit
    limit = convert(bound.value, bound.unit, unit) if bound.unit else bound.value
    if limit is None:
        return f"{meant.newest.metric} is measured in {unit or 'no unit'}, not in {bound.unit}"
    row: list[Measurement] = []
    for one in reversed(meant.measured):
        is_later = since is None or (one.at is not None and one.at >= since)
        if not is_later or not _IS[bound.operator](one.value, limit):
            break
        row.append(one)
    if not row:
        return None
    newest, first = row[0], row[-1]
    on = f" on {newest.at:%Y-%m-%d}" if newest.at else ""
    value, bar = f"{number(newest.value)} {unit}".rstrip(), f"{number(limit)} {unit}".rstrip()
    words = f"{newest.metric} was {value}{on}, and that is {bound.operator} {bar}"
    evidence = (newest.uid,) if newest is first else (newest.uid, first.uid)
    return first.uid, words, first.at, evidence


def series_meant(bound: Bound, tracks: Sequence[Track], rested: Collection[str]) -> Track | str:
    """The one series that a trigger can mean, or why there is not just one.

    A metric is meant by all words of its name, in any order. A part of it will do for a series
    that the memory rests on, if it is part of one only.
    """
    words = _words(bound.metric)
    place = bound.environment.casefold()
    near = [track for track in tracks if place in track.newest.environment.casefold()]
    own = [track for track in near if any(one.uid in rested for one in track.measured)]
    for among, is_part in ((own, False), (near, False), (own, True)):
        found = [track for track in among if _is_named(words, track, is_part=is_part)]
        if len(found) == 1:
            return found[0]
        if found:
            places = sorted({track.newest.environment or "no environment" for track in found})
            return f"several series are called so: {'; '.join(places)}"
    return f"no measurement is called “{bound.metric}”"


def _is_named(words: frozenset[str], track: Track, *, is_part: bool) -> bool:
    name = _words(track.newest.metric)
    return bool(words) and (words <= name if is_part else words == name)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", text.casefold())) - _FILLERS
