"""Dates as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from memory.models.memory import Figures, Period
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Name of a month, folded -> its number.
_MONTHS = {
    name: number
    for months in read_lexicon("dates")["months"].values()
    for number, names in enumerate(months, 1)
    for name in names
}
_MONTH = rf"(?P<name>{any_of(_MONTHS)})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TIME = (
    r"(?:(?:[T_]|,?\s{1,3})(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?\s{0,2}(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?(?![\d:]))?"
)
_BEFORE, _AFTER = r"(?<![\d.])(?<!\d[-/])", r"(?!\d|[-/.]\d)"
#: Each way of writing a date, as a regular expression; a time may stand behind it.
_FORMS = (
    rf"{_YEAR}(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?!\d){_TIME}",
    rf"(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<second_>\d{{1,2}})(?P=sep){_YEAR}{_AFTER}{_TIME}",
    rf"(?<!\w)(?P<first>\d{{1,2}})(?P<sep>/)(?P<second_>\d{{1,2}})/(?P<short>[1-4]\d)(?!\w){_AFTER}",
    r"\A(?P<first>\d\d)(?P<sep>\.)(?P<second_>\d\d)\.(?P<short>[1-4]\d)\s*\Z",
    rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d|[-/.]\d)",
    rf"{_YEAR}-?W(?P<week>\d\d)(?:-?(?P<weekday>[1-7]))?{_AFTER}",
    rf"{_YEAR}[-/](?P<month>\d{{1,2}}){_AFTER}",
    rf"(?P<month>0?[1-9]|1[0-2])/{_YEAR}{_AFTER}",
    rf"{_YEAR}年\s?(?P<month>\d{{1,2}})月(?:\s?(?P<day>\d{{1,2}})日)?",
    rf"{_DAY}(?:\s+(?:of|de)\b)?[\s.,-]{{1,3}}{_MONTH}(?:\s+del?\b)?[\s,-]{{1,3}}"
    rf"{_YEAR}{_AFTER}{_TIME}",
    rf"{_YEAR}[\s.,-]{{1,3}}{_MONTH}[\s.,-]{{1,3}}{_DAY}(?!\d){_TIME}",
    rf"{_DAY}/{_MONTH}/{_YEAR}{_AFTER}",
    rf"\b{_MONTH}[\s-]{{1,3}}{_DAY}[\s,-]{{1,3}}{_YEAR}{_AFTER}{_TIME}",
    rf"\b(?<!\d[\s.-]){_MONTH}(?:\s+de\b)?[\s,-]{{1,3}}{_YEAR}{_AFTER}",
)
_PATTERNS = tuple(lazy(_BEFORE + form, re.IGNORECASE) for form in _FORMS)
_HAS_YEAR = lazy(r"(?:19|20)\d\d|\d[/.]\d\d?[/.][1-4]\d")
_CHANGE = lazy(
    rf"\b(?:{any_of(read_lexicon('records')['fields']['changed'])})\b.*", re.IGNORECASE | re.DOTALL
)
_HYPHENS = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2212), "-")  # that look like one
_NAME = lazy(r"\?P<\w+>")
_MONTHS_OF_A_YEAR = 12


def _anonymous(form: str) -> str:
    """A form without names, so that it can stand in a pattern together with others."""
    return _NAME.sub("?:", form.replace("(?P=sep)", "[-/.]"))


#: A date anywhere in a pattern of somebody else's, without groups.
DATE = "(?:" + "|".join(_anonymous(form) for form in _FORMS) + ")"


def read_date(text: object) -> datetime | None:
    """The first date that a text gives, as UTC; None where there is none or it is not settled."""
    return settled(read_when(text))


def settled(when: datetime | Figures | None) -> datetime | None:
    """What is certain of a date by itself."""
    return when.moment if isinstance(when, Figures) else when


def read_when(text: object) -> datetime | Figures | None:
    """The first date that a text gives, as UTC, or as figures that name no one day.

    Read are `2024-05-14`, `2024/05/14`, `2015.09.18`, `2026-01` and `2021-W05` (a period), names of
    months in any order in the languages of the lexicon, `20260526`, `2026年1月5日`, and a time
    behind a whole date, in UTC where it names no zone.

    Args:
        text: A string, or a date as YAML builds it; anything else gives None.
    """
    if isinstance(text, datetime):
        return _in_utc(text)
    if isinstance(text, date):
        return datetime(text.year, text.month, text.day, tzinfo=UTC)
    if not isinstance(text, str) or not _HAS_YEAR.search(text):
        return None
    plain = text.translate(_HYPHENS)
    found = (
        (match.start(), place, when)
        for place, form in enumerate(_PATTERNS)
        for match in form.finditer(plain)
        if (when := _when(match.groupdict())) is not None
    )
    first = min(found, default=None, key=lambda one: one[:2])
    return first[2] if first else None


def when_made(text: str) -> datetime | Figures | None:
    """The first date of a text; in "Accepted, updated 2024-05-14" that of a change is none."""
    return read_when(_CHANGE.sub("", text))


def settle(when: datetime | Figures, others: Iterable[datetime | Figures]) -> datetime | Figures:
    """A date, by the order of another one beside it or as the one of its days that another is."""
    if not isinstance(when, Figures) or when.moment:
        return when
    orders = {one.shows for one in others if isinstance(one, Figures)} - {""}
    moments = [one for one in others if isinstance(one, datetime)]
    if when.period:
        return next((one for one in moments if when.period.has(one)), when)
    days = {one.date() for one in moments}
    read = {"day_first": when.day_first, "month_first": when.month_first}
    fit = [one for order, one in read.items() if one and (order in orders or one.date() in days)]
    return fit[0] if len(fit) == 1 else when


def earliest(when: datetime | Figures) -> datetime:
    """The earliest moment that a date can mean."""
    if isinstance(when, datetime):
        return when
    period = when.period
    either = (when.day_first, when.month_first, when.changed)
    return period.start if period else min(filter(None, either))


def ordered(when: datetime | Figures | None) -> datetime | None:
    """By which moment a date comes before another; None where it may be either of two days."""
    return when.period.start if isinstance(when, Figures) and when.period else settled(when)


def beginning(when: datetime | Figures | None) -> dict[str, datetime | Figures | None]:
    """The fields of a draft that began to hold then."""
    return {"valid_from": settled(when), "figures": when if isinstance(when, Figures) else None}


def _when(parts: dict[str, str | None]) -> datetime | Figures | None:
    """What a match names; None when there is no such day in any calendar."""
    if not parts.get("first"):
        name, day = parts.get("name"), int(parts.get("day") or 1)
        month = _MONTHS[name.lower()] if name else int(parts.get("month") or 0)
        moment = _moment(parts, month, day)
        if moment is None and month > _MONTHS_OF_A_YEAR:  # "2021-26-02"
            moment = _moment(parts, day, month)
        is_day = parts.get("day") or parts.get("weekday")
        return moment if is_day or moment is None else Figures(period=_period(parts, moment))
    first, second = int(parts["first"] or 0), int(parts["second_"] or 0)
    day_first, month_first = _moment(parts, second, first), _moment(parts, first, second)
    if day_first is None and month_first is None:
        return None
    if day_first == month_first:
        return day_first
    return Figures(day_first=day_first, month_first=month_first, dotted=parts["sep"] == ".")


def _period(parts: dict[str, str | None], start: datetime) -> Period:
    if parts.get("week"):
        return Period(name=f"{start:%G-W%V}", start=start, end=start + timedelta(weeks=1))
    end = (start + timedelta(days=31)).replace(day=1)
    return Period(name=f"{start:%Y-%m}", start=start, end=end)


def _moment(parts: dict[str, str | None], month: int, day: int) -> datetime | None:
    year = int(parts.get("year") or f"20{parts['short']}")
    zone = _zone(parts.get("zone"))
    hour, minute, second = (int(parts.get(unit) or 0) for unit in ("hour", "minute", "second"))
    micro = int((parts.get("fraction") or "").ljust(6, "0")[:6])
    try:
        if parts.get("week"):
            on = date.fromisocalendar(year, int(parts["week"] or 0), int(parts.get("weekday") or 1))
            year, month, day = on.year, on.month, on.day
        return _in_utc(datetime(year, month, day, hour, minute, second, micro, tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def _in_utc(said: datetime) -> datetime:
    """A moment in UTC, on the day that is written: near midnight the first or last of that day."""
    day = said.replace(tzinfo=UTC)
    if not said.tzinfo:
        return day
    first = day.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(max(said.astimezone(UTC), first), first + timedelta(days=1, seconds=-1))


def _zone(text: str | None) -> timezone:
    if not text or not text[-1].isdigit():
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset < timedelta(days=1) else UTC
