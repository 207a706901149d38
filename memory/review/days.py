"""Days as review triggers name them: "2026-06-30", "after Q2 2027", "by the end of June 2027"."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

_MONTHS = "january february march april may june july august september october november december"
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _MONTHS.split()).replace(
    "sep(?:", "sept?(?:"
)
_YEAR = r"(?P<year>20\d\d)"
_WHEN = (
    r"(?P<how>on\s+or\s+after|no\s+later\s+than|not\s+later\s+than|at\s+the\s+latest\s+(?:on|by|in)"
    r"|on|in|at|by|from|since|after|past|before|starting)?\s*"
    r"(?:the\s+)?(?P<part>(?:beginning|start|begin|end)\s+of\s+)?(?:the\s+)?"
)
_FORMS = tuple(
    re.compile(rf"{_WHEN}{form}(?:\s+(?:on|onwards?))?", re.IGNORECASE)
    for form in (
        rf"{_YEAR}[-/](?P<month>\d{{2}})[-/](?P<day>\d{{2}})",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<name>{_MONTH})\.?,?\s+{_YEAR}",
        rf"(?P<name>{_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_YEAR}-(?P<month>\d{{2}})",
        rf"(?P<name>{_MONTH})\.?,?\s+(?:of\s+)?{_YEAR}",
        rf"Q(?P<quarter>[1-4])(?:\s+of)?[\s/-]*{_YEAR}",
        rf"{_YEAR}[\s/-]*Q(?P<quarter>[1-4])",
        rf"H(?P<half>[12])(?:\s+of)?[\s/-]*{_YEAR}",
        rf"{_YEAR}[\s/-]*H(?P<half>[12])",
        rf"(?:the\s+year\s+)?{_YEAR}",
    )
)

_BY = frozenset({"by", "no later than", "not later than"})


def read_day(said: str) -> date | None:
    """The day from which a trigger is true that consists of a date and nothing else.

    A period counts from its first day, "after" it from the day behind its last, "by" it from
    its last, and "before" it from the day before its first.
    """
    for form in _FORMS:
        if (match := form.fullmatch(said)) and (period := _period(match.groupdict())):
            return _moment(match, *period)
    return None


def _moment(match: re.Match[str], first: date, last: date) -> date:
    how = " ".join((match["how"] or "").casefold().split())
    part = (match["part"] or "").casefold()
    if part:
        first = last = last if part.startswith("end") else first
    if how in {"after", "past"}:
        return last + timedelta(days=1)
    if how == "before":
        return first - timedelta(days=1)
    return last if how in _BY or how.startswith("at the latest") else first


def _period(parts: dict[str, str | None]) -> tuple[date, date] | None:
    """The first and last day of what a match names; None if there are no such days."""
    month, count = _months(parts)
    year, day = int(parts["year"] or 0), parts.get("day")
    last = month + count - 1
    try:
        if day:
            return date(year, month, int(day)), date(year, month, int(day))
        return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])
    except ValueError:  # IllegalMonthError is one
        return None


def _months(parts: dict[str, str | None]) -> tuple[int, int]:
    """The first month that is named, and how many there are."""
    if quarter := parts.get("quarter"):
        return int(quarter) * 3 - 2, 3
    if half := parts.get("half"):
        return int(half) * 6 - 5, 6
    if name := parts.get("name"):
        return [one[:3] for one in _MONTHS.split()].index(name[:3].casefold()) + 1, 1
    if month := parts.get("month"):
        return int(month), 1
    return 1, 12
