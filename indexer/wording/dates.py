"""Dates as people write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from memory.texts.lexicon import any_of, read_lexicon

#: Name of a month, folded -> its number.
_MONTHS = {
    name: number
    for months in read_lexicon("dates")["months"].values()
    for number, names in enumerate(months, 1)
    for name in names
}
_MONTH = rf"(?P<name>{any_of(_MONTHS)})\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_TIME = (
    r"(?:(?:[T_]|,?\s{1,3})(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)"
    r"(?:[.,](?P<fraction>\d{1,9}))?)?\s{0,2}(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?(?![\d:]))?"
)
_BEFORE, _AFTER = r"(?<![\d.])(?<!\d[-/])", r"(?!\d|[-/.]\d)"
_FORMS = tuple(
    re.compile(_BEFORE + form, re.IGNORECASE)
    for form in (
        rf"{_YEAR}(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}})(?!\d){_TIME}",
        rf"(?P<first>\d{{1,2}})(?P<sep>[-/.])(?P<second_>\d{{1,2}})(?P=sep){_YEAR}{_AFTER}{_TIME}",
        rf"{_YEAR}(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d|[-/.]\d)",
        rf"{_YEAR}[-/](?P<month>\d{{1,2}}){_AFTER}",
        rf"{_YEAR}年\s?(?P<month>\d{{1,2}})月(?:\s?(?P<day>\d{{1,2}})日)?",
        rf"{_DAY}(?:\s+(?:of|de)\b)?[\s.,-]{{1,3}}{_MONTH}(?:\s+de\b)?[\s,-]{{1,3}}"
        rf"{_YEAR}{_AFTER}{_TIME}",
        rf"{_YEAR}[\s.,-]{{1,3}}{_MONTH}[\s.,-]{{1,3}}{_DAY}(?!\d){_TIME}",
        rf"\b{_MONTH}[\s-]{{1,3}}{_DAY}[\s,-]{{1,3}}{_YEAR}{_AFTER}{_TIME}",
        rf"\b(?<!\d[\s.-]){_MONTH}[\s,-]{{1,3}}{_YEAR}{_AFTER}",
    )
)


def read_date(text: object) -> datetime | None:
    """The first date that a text gives, as UTC; None where there is none.

    Read are `2024-05-14`, `2024/05/14`, `2015.09.18`, `2026-01` (the first of the month), names of
    months in any order in the languages of the lexicon, `20260526`, `2026年1月5日`, and a time
    behind a whole date. A time without a zone is taken for UTC. Where day and month could be
    exchanged, `/` is read as month/day/year and `-` and `.` as day-month-year; the other order is
    taken when only that one exists.

    Args:
        text: A string, or a date as YAML builds it; anything else gives None.
    """
    if isinstance(text, datetime):
        return text.astimezone(UTC) if text.tzinfo else text.replace(tzinfo=UTC)
    if isinstance(text, date):
        return datetime(text.year, text.month, text.day, tzinfo=UTC)
    if not isinstance(text, str):
        return None
    found = (
        (match.start(), moment)
        for form in _FORMS
        for match in form.finditer(text)
        if (moment := _moment(match.groupdict())) is not None
    )
    first = min(found, default=None)
    return first[1] if first else None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    """The moment that a match names; None when there is no such moment in any calendar."""
    year = int(parts["year"] or 0)
    zone = _zone(parts.get("zone"))
    hour, minute, second = (int(parts.get(unit) or 0) for unit in ("hour", "minute", "second"))
    micro = int((parts.get("fraction") or "").ljust(6, "0")[:6])
    for month, day in _orders(parts):
        try:
            moment = datetime(year, month, day, hour, minute, second, micro, tzinfo=zone)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def _orders(parts: dict[str, str | None]) -> list[tuple[int, int]]:
    """(month, day) in the order in which they are to be tried."""
    if parts.get("first"):
        first, second = int(parts["first"] or 0), int(parts["second_"] or 0)
        month_first = [(first, second), (second, first)]
        return month_first if parts["sep"] == "/" else month_first[::-1]
    day = int(parts.get("day") or 1)
    name = parts.get("name")
    return [(_MONTHS[name.lower()] if name else int(parts["month"] or 0), day)]


def _zone(text: str | None) -> timezone:
    if not text or not text[-1].isdigit():
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset) if offset < timedelta(days=1) else UTC
