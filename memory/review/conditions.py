"""Reads review triggers: what of their words a machine can watch.

Precision comes first: a clause is read only where nothing of it is left over. A flag that comes
for no reason teaches people to close flags unread.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from memory.review.days import read_day

if TYPE_CHECKING:
    from datetime import date

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
class Bound:
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


Condition: TypeAlias = OnDate | After | Bound | Gone | Contrary | Unreadable

_QUOTES = re.compile(r"[`*\"“”]")
_SPLIT = re.compile(
    r"(?:\s*[;\n]\s*(?:or\s+)?|,?\s+or\s+)(?:else\s+)?(?:(?:when|if|once)\s+)?", re.IGNORECASE
)
_LEAD = re.compile(
    r"(?:please\s+)?(?:(?:review|revisit|reconsider|reassess|re-?evaluate|re-?check|check|look)\b"
    r"(?:\s+(?:it|this|that|us|again|at\s+it|at\s+this))*[\s:,]*)?"
    r"(?:(?:when|if|once|as\s+soon\s+as|whenever|should)\b\s*)?",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\b(?:and|but|not|never|while)\b", re.IGNORECASE)
#: What stands behind one of these may be what must not be the case, however far behind it stands.
_EXCEPTED = re.compile(r"\b(?:unless|except|neither|nor|without|until|only)\b", re.IGNORECASE)
_WORDS = {
    word: count
    for count, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve".split(), start=1
    )
} | {"a": 1, "an": 1}
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(_WORDS)})"
_SPAN = re.compile(
    rf"(?:in|after|every)?\s*{_COUNT}\s+(?P<span>day|week|month|quarter|year)s?"
    r"(?:\s+(?:from\s+now|after\s+(?:this|the)\s+decision|later))?",
    re.IGNORECASE,
)
_LENGTHS = {"month": 1, "quarter": 3, "year": 12}

_NUMBER = r"(?P<value>[-+−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+−]?\d+(?:\.\d+)?)"
_UNIT = (
    r"\s?(?P<unit>%|‰|[A-Za-zµμ]{1,14}(?:\s?/\s?[A-Za-z]{1,8}|\s(?:per|an?)\s[A-Za-z]{1,8})?"
    r"|/\s?[A-Za-z]{1,8})?"
)
_OPERATORS: dict[Operator, str] = {
    "<=": r"<=|≤|=<|at\s+most|no\s+more\s+than",
    ">=": r">=|≥|=>|at\s+least|reach(?:es)?|hits?",
    "<": r"<|(?:falls?|drops?|goes|sinks?|dips?|is|are|stays?)?\s*"
    r"(?:below|under|less\s+than|lower\s+than|fewer\s+than)",
    ">": r">|exceeds?|pass(?:es)?|surpass(?:es)?|outgrows?"
    r"|(?:rises?|goes|climbs?|grows?|is|are|gets?|stays?)?\s*"
    r"(?:above|over|beyond|past|more\s+than|greater\s+than|higher\s+than)",
}
_BOUNDS = tuple(
    (
        operator,
        re.compile(
            rf"(?P<metric>[^<>≤≥=]{{2,80}}?)\s*(?<![A-Za-z])(?:{words})\s*{_NUMBER}{_UNIT}"
            r"(?:\s+(?:in|on)\s+(?P<environment>[\w ,.-]{2,60}))?",
            re.IGNORECASE,
        ),
    )
    for operator, words in _OPERATORS.items()
)
_LEAVES = (
    r"(?:(?:is|are|has\s+been|have\s+been|was|gets?|being)\s+)?"
    r"(?:removed|gone|deleted|dropped|retired|dissolved|goes\s+away|disappears?|vanish(?:es)?"
    r"|no\s+longer\s+exists?|ceases?\s+to\s+exist)"
)
_PATH = re.compile(
    rf"(?:the\s+)?(?:file|folder|directory|path|module|package)?\s*"
    rf"(?P<name>[\w.@+-]*(?:/[\w.@+-]+)+/?|[\w-]+\.[a-z]{{1,4}})\s+{_LEAVES}",
    re.IGNORECASE,
)
_MODULE = re.compile(
    rf"(?:the\s+)?(?:(?:module|package|service|component)\s+(?P<name>[\w.-]+)"
    rf"|(?P<other>[\w.-]+)\s+(?:module|package|service|component))\s+{_LEAVES}",
    re.IGNORECASE,
)
_CONTRARY = re.compile(
    rf"(?:after|at|with)?\s*{_COUNT}\s+(?:or\s+more\s+)?"
    r"(?:(?:contrary|contradicting|opposite|failed|bad)\s+(?:outcome|run|result|attempt)s?"
    r"|contradictions?|failures?"
    r"|(?:run|outcome|result)s?\s+(?:contradict(?:s|ed)?|fail(?:s|ed)?|speak(?:s)?\s+against)"
    r"(?:\s+(?:it|this|that))?)",
    re.IGNORECASE,
)


def read_trigger(trigger: str) -> tuple[tuple[str, Condition], ...]:
    """The alternatives that a trigger names, any of which makes it fire, and what each asks."""
    plain = _QUOTES.sub("", trigger).strip()
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


def _date(said: str) -> Condition | None:
    day = read_day(said)
    return OnDate(day) if day else None


def _span(said: str) -> Condition | None:
    match = _SPAN.fullmatch(said)
    if match is None or said.casefold().startswith("every"):
        return None
    count, span = _counted(match["count"]), match["span"].casefold()
    if span in _LENGTHS:
        return After(months=count * _LENGTHS[span])
    return After(days=count * (7 if span == "week" else 1))


def _contrary(said: str) -> Condition | None:
    match = _CONTRARY.fullmatch(said)
    return Contrary(_counted(match["count"])) if match and _counted(match["count"]) else None


def _gone(said: str) -> Condition | None:
    if match := _PATH.fullmatch(said):
        return Gone(match["name"].rstrip("/").removeprefix("./"), is_path=True)
    if match := _MODULE.fullmatch(said):
        return Gone(match["name"] or match["other"], is_path=False)
    return None


def _bound(said: str) -> Condition | None:
    for operator, form in _BOUNDS:
        if match := form.fullmatch(said):
            value = float(match["value"].replace(",", "").replace("−", "-"))
            unit = " ".join((match["unit"] or "").split())
            place = " ".join((match["environment"] or "").split())
            return Bound(match["metric"].strip(), operator, value, unit, place)
    return None


def _counted(word: str) -> int:
    return _WORDS.get(word.casefold()) or int(word)
