"""Reads review triggers: what of their words a machine can watch.

Precision comes first: a clause is read only where nothing of it is left over. A flag that comes
for no reason teaches people to close flags unread. The words are `data/lexicon/review_triggers`.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from memory.texts.lexicon import read_lexicon

#: Compares a measurement with a bound.
Operator: TypeAlias = Literal["<", "<=", ">", ">="]


@dataclass(frozen=True)
class OnDate:
    """True from a day on."""

    day: date


@dataclass(frozen=True)
class After:
    """True so long after the memory began to hold."""

    months: int = 0
    days: int = 0


@dataclass(frozen=True)
class MetricBound:
    """True while the newest measurement of a metric is past a bound."""

    metric: str  # as written
    operator: Operator
    value: float
    unit: str = ""  # "" for that of the series
    environment: str = ""  # words of its name; "" where only one can be meant


@dataclass(frozen=True)
class Gone:
    """True once a path or a module is no longer there."""

    name: str
    is_path: bool


@dataclass(frozen=True)
class Contrary:
    """True after so many runs that speak against the memory."""

    count: int


@dataclass(frozen=True)
class Unreadable:
    """Words that say nothing to a machine."""

    reason: str = "it says nothing that a machine could look up"


Condition: TypeAlias = OnDate | After | MetricBound | Gone | Contrary | Unreadable

LONGEST = 500  # characters of a trigger: what is longer is prose
_SAID = read_lexicon("review_triggers")
_BOUNDS_SAID, _GONE_SAID, _CONTRARY_SAID = (_SAID[it] for it in ("bounds", "gone", "contrary"))


def _any_of(*lists: list[str]) -> str:
    """A pattern of any of these words, the longest first."""
    words = sorted((word for words in lists for word in words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)


def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_QUOTES = re.compile(r"[`*\"“”]")
_SPLIT = _pattern(
    r"(?:\s*[;\n]\s*(?:or\s+)?|,?\s+or\s+)(?:else\s+)?(?:(?:when|if|once)\s+)?",
)
_LEAD = _pattern(
    rf"(?:please\s+)?(?:(?:{_any_of(_SAID['review'])})\b"
    rf"(?:\s+(?:{_any_of(_SAID['reviewed'])}))*[\s:,]*)?(?:(?:{_any_of(_SAID['when'])})\b\s*)?"
)
_JOINED = _pattern(rf"\b(?:{_any_of(_SAID['joined'])})\b")
_EXCEPTED = _pattern(rf"\b(?:{_any_of(_SAID['excepted'])})\b")

_COUNTS = {word: count for count, word in enumerate(_SAID["numbers"], start=1)} | {"a": 1, "an": 1}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_COUNTS)})"
_SPAN = _pattern(
    rf"(?:in|after)?\s*{_COUNT}\s+(?P<span>day|week|month|quarter|year)s?"
    rf"(?:\s+(?:{_any_of(_SAID['from_then'])}))?"
)
_MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}

_MONTHS = [month[:3] for month in _SAID["months"]]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in _SAID["months"]).replace(
    "sep(?:", "sept?(?:"
)
_HOW = ("from", "after", "before", "by")
_WHEN = (
    rf"(?P<how>{_any_of(*(_SAID[how] for how in _HOW))})?\s*(?:the\s+)?"
    rf"(?:(?:(?P<start>{_any_of(_SAID['start_of'])})|(?P<end>{_any_of(_SAID['end_of'])}))\s+of\s+)?"
    r"(?:the\s+)?"
)
_YEAR = r"(?P<year>20\d\d)"
_DAYS = tuple(
    _pattern(rf"{_WHEN}{form}(?:\s+(?:on|onwards?))?")
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

_NUMBER = r"(?P<value>[-+−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+−]?\d+(?:\.\d+)?)"
_UNIT = (
    r"\s?(?P<unit>%|‰|[A-Za-zµμ]{1,14}(?:\s?/\s?[A-Za-z]{1,8}|\s(?:per|an?)\s[A-Za-z]{1,8})?"
    r"|/\s?[A-Za-z]{1,8})?"
)


def _beyond(alone: str, verb: str, side: str) -> str:
    """Words that say it alone, or a side with or without a verb: "exceeds", "(rises) above"."""
    said = {name: _any_of(_BOUNDS_SAID[name]) for name in (alone, verb, side)}
    return rf"{said[alone]}|(?:{said[verb]})?\s*(?:{said[side]})"


_OPERATORS: dict[Operator, str] = {
    "<=": _any_of(_BOUNDS_SAID["at_most"]),
    ">=": _any_of(_BOUNDS_SAID["at_least"]),
    "<": _beyond("falls_short", "goes_below", "below"),
    ">": _beyond("exceeds", "goes_above", "above"),
}
_BOUNDS = tuple(
    (
        operator,
        _pattern(
            rf"(?P<metric>[^<>≤≥=]{{2,80}}?)\s*(?<![A-Za-z])(?:{words})\s*{_NUMBER}{_UNIT}"
            r"(?:\s+(?:in|on)\s+(?P<environment>[\w ,.-]{2,60}))?"
        ),
    )
    for operator, words in _OPERATORS.items()
)
_IS_GONE = rf"(?:(?:{_any_of(_GONE_SAID['being'])})\s+)?(?:{_any_of(_GONE_SAID['gone'])})"
_PATH = _pattern(
    rf"(?:the\s+)?(?:{_any_of(_GONE_SAID['path'])})?\s*"
    rf"(?P<name>[\w.@+-]*(?:/[\w.@+-]+)+/?|[\w-]+\.[a-z]{{1,4}})\s+{_IS_GONE}"
)
_MODULE = _pattern(
    rf"(?:the\s+)?(?:(?:{_any_of(_GONE_SAID['module'])})\s+(?P<name>[\w.-]+)"
    rf"|(?P<other>[\w.-]+)\s+(?:{_any_of(_GONE_SAID['module'])}))\s+{_IS_GONE}"
)
_OUTCOME = _any_of(_CONTRARY_SAID["outcome"])
_CONTRARY = _pattern(
    rf"(?:after|at|with)?\s*{_COUNT}\s+(?:or\s+more\s+)?"
    rf"(?:(?:{_any_of(_CONTRARY_SAID['adjective'])})\s+(?:{_OUTCOME})"
    rf"|{_any_of(_CONTRARY_SAID['itself'])}"
    rf"|(?:{_OUTCOME})\s+(?:{_any_of(_CONTRARY_SAID['verb'])})(?:\s+(?:it|this|that))?)"
)


def read_trigger(trigger: str) -> tuple[tuple[str, Condition], ...]:
    """The alternatives that a trigger names, any of which makes it fire, and what each asks."""
    plain = _QUOTES.sub("", trigger).strip()
    if len(plain) > LONGEST:
        return ((plain, Unreadable("it is long")),)
    parts = (part.strip(" \t,.:!") for part in _SPLIT.split(plain))
    if _EXCEPTED.search(plain):
        return ((plain, Unreadable("it excepts something")),)
    return tuple((part, _read(part)) for part in parts if part)


def _read(clause: str) -> Condition:
    said = _LEAD.sub("", " ".join(clause.split()), count=1).strip(" ,.:")
    for read in (_date, _span, _contrary, _gone):
        if found := read(said):
            return found
    if _JOINED.search(said):
        return Unreadable("it joins conditions, or denies something")
    return _bound(said) or Unreadable()


def _date(said: str) -> OnDate | None:
    """A date and nothing else.

    A period counts from its first day, "after" it from the day behind its last, "by" it from
    its last, and "before" it from the day before its first.
    """
    for form in _DAYS:
        if (match := form.fullmatch(said)) and (period := _period(match.groupdict())):
            return OnDate(_day_meant(match, *period))
    return None


def _day_meant(match: re.Match[str], first: date, last: date) -> date:
    how = " ".join((match["how"] or "").casefold().split())
    if match["start"]:
        last = first
    elif match["end"]:
        first = last
    if how in _SAID["after"]:
        return last + timedelta(days=1)
    if how in _SAID["before"]:
        return first - timedelta(days=1)
    return last if how in _SAID["by"] else first


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
        return _MONTHS.index(name[:3].casefold()) + 1, 1
    if month := parts.get("month"):
        return int(month), 1
    return 1, 12


def _span(said: str) -> After | None:
    match = _SPAN.fullmatch(said)
    if match is None:
        return None
    count, span = _counted(match["count"]), match["span"].casefold()
    if span in _MONTHS_IN:
        return After(months=count * _MONTHS_IN[span])
    return After(days=count * (7 if span == "week" else 1))


def _contrary(said: str) -> Contrary | None:
    match = _CONTRARY.fullmatch(said)
    return Contrary(_counted(match["count"])) if match and _counted(match["count"]) else None


def _gone(said: str) -> Gone | None:
    if match := _PATH.fullmatch(said):
        return Gone(match["name"].rstrip("/").removeprefix("./"), is_path=True)
    if match := _MODULE.fullmatch(said):
        return Gone(match["name"] or match["other"], is_path=False)
    return None


def _bound(said: str) -> MetricBound | None:
    for operator, form in _BOUNDS:
        if match := form.fullmatch(said):
            value = float(match["value"].replace(",", "").replace("−", "-"))
            unit = " ".join((match["unit"] or "").split())
            place = " ".join((match["environment"] or "").split())
            return MetricBound(match["metric"].strip(), operator, value, unit, place)
    return None


def _counted(word: str) -> int:
    return _COUNTS.get(word.casefold()) or int(word)
