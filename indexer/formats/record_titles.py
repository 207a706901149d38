"""Titles of decision records: what they say beside their number, their kind and their status."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from indexer.wording.dates import DATE
from indexer.wording.mentions import numbered_name, without_day
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import BLANK_BEFORE, BLANKS, lazy

_RECORDS, _HEADINGS = read_lexicon("records"), read_lexicon("sections")
_KIND = f"(?:{any_of(_RECORDS['kinds']['titles'])})"
_CALLED = (  # "ODH-ADR-DR-", "Architecture Decision Record (ADR) "
    rf"(?:[A-Z]{{2,10}}-){{0,2}}(?:{_KIND})(?:\s*\((?:{_KIND})\))?(?:-[A-Z]{{1,10}}){{0,2}}"
    r"[\s#_\u2013-]{0,3}"
)
_PREFIX = lazy(
    rf"(?:{_CALLED}(?P<number>\d{{1,5}})(?:\s*[:.)\u2013\u2014|-]+\s*|\s+)"
    rf"|(?:{_KIND})\s*(?:[:\u2013\u2014]|\s-)\s*"
    r"|\[(?:adr|rfc)[^\]]{0,12}\]\s*:?\s*|(?-i:n|nn|nnn|nnnn)\.\s+"
    r"|#?(?P<plain>\d{1,5})(?:[.:)]\s+|\s*[\u2013\u2014-]\s+|\s+-\s+))",
    re.IGNORECASE,
)
#: "[Superseded by ADR-0056] Only allow …", as indexes of records like it.
_STATUS_TAG = lazy(
    rf"[\[(](?:status:\s)?(?P<status>(?:{any_of(read_lexicon('statuses')['cues']['tag'])})\b[^\]()\[\n]{{0,60}})[\])]"
    r"\s*+:?\s*+(?=\S)",
    re.IGNORECASE,
)
#: A number at the beginning of a title, with whatever word before it: "TEP-0012: ", "12 Logs".
_OWN_NUMBER = lazy(
    r"(?:[^\W\d_][\w.\u00ba\u00b0-]{0,15}?[\s/#_-]*)?(?i:n[r\u00ba\u00b0o]\.?\s*)?#?\s?"
    r"(?P<number>\d{1,6})(?:\s*[:|\u2013\u2014]\s*|\s+-+\s+|-\s+|[.)_]\s*(?=[^\W\d_]))"
    r"|(?:[A-Z]{2,6}[-/# ]|#)?(?P<alone>\d{1,6})\s+(?=[^\W\d_])"
)
_OF_KIND = rf"(?:{_CALLED}|(?-i:[A-Z]{{2,6}})[\s#_-]{{0,2}})"
_SET_OFF = r"\s*[.:|\u2013\u2014-]+\s+(?=\S)"
#: The record's own number with what it is one of, wherever that is set off from the title.
_OWN = tuple(
    lazy(pattern, re.IGNORECASE)
    for pattern in (
        rf"[\[(](?:{_OF_KIND}|#)?(?P<number>\d{{1,6}})[\])](?:\s*[:|\u2013\u2014-]+)?\s*(?=\S)",
        rf"(?:[\w&.+]+\s){{1,5}}?[|:\u2013\u2014-]\s+{_OF_KIND}(?P<number>\d{{1,6}}){_SET_OFF}",
        rf"(?:[\w&.+]+:?\s){{1,5}}?{_CALLED}(?P<number>\d{{1,6}}){_SET_OFF}",
    )
)
#: "Use Kafka (ADR-7)", "Use Kafka - ADR 7".
_OWN_AT_END = lazy(
    rf"(?:{BLANK_BEFORE}[\[(]|{BLANKS}[|\u2013\u2014-]\s++){_CALLED}(?P<number>\d{{1,6}})[\])]?$",
    re.IGNORECASE,
)
#: "Only allow … (Superseded)"; in small letters it may speak of the thing, unless it tells by what.
_CLOSING_TAG = lazy(
    rf"{BLANK_BEFORE}[\[(](?:(?i:status):\s)?(?P<status>(?:(?=[A-Z])|(?<=[Ss]tatus:\s)"
    rf"|(?=[a-z]{{1,20}}\sby\s(?:(?i:{_KIND})[\s#-]{{0,3}}|#)?\d))"
    rf"(?i:{any_of(read_lexicon('statuses')['cues']['tag'])})\b[^\]()\[\n]{{0,60}})[\])]$"
)
_DATE = lazy(rf"[\[(]?{DATE}[\])]?(?:\s*[:|\u2013\u2014-]+\s*|\s+)(?=\S)", re.IGNORECASE)
_QUOTED = lazy(
    r"[\"\u201c\u201e\u00ab]\s*+([^\"\u201c\u201d\u00bb]*[^\s\"\u201c\u201d\u00bb])\s*+"
    r"[\"\u201c\u201d\u00bb]"
)
_EMOJI = r"[\u2190-\u2bff\u3030\U0001f000-\U0001faff][\u200d\ufe0f]?"
#: ":memo: ADR 7", and the picture itself.
_SHORTCODES = lazy(rf"(?:(?::[a-z0-9_+-]{{2,40}}:|{_EMOJI})\s*)+(?=\S)")
_LABEL = lazy(r"title\s*:\s*(?=\S)", re.IGNORECASE)
_TRADITION = lazy(r"([A-Z][A-Za-z]{1,9})[ #_-]?\d{1,5}(?:\s*:|\s+[\u2013\u2014-])\s")
_BARE = lazy(rf"(?:{_KIND})?[\s#:_-]*\d*$", re.IGNORECASE)
_TEMPLATE_TITLES = frozenset(_HEADINGS["template_titles"]["en"])
_ASIDE = lazy(
    r"[({<\[][^(){}<>\[\]]*[)}>\]]|\b(?:adr|rfc|otep|pep)(?![a-z])|[\W\d_]", re.IGNORECASE
)
_MARK = lazy(
    r"[{<\[]\s*(?:title|short\stitle|adr[-_ ](?:number|seq|title)|decision\stitle|number|n{2,}"
    r"|x{2,})",
    re.IGNORECASE,
)
#: `2024-05-14-queues`, `20240514_queues`, `202405-queues`, `2024-05-queues`
_DATED_NAME = lazy(
    r"(?P<year>(?:19|20)\d\d)-?(?P<month>0[1-9]|1[0-2])"
    r"(?:(?P<day>-?(?:0[1-9]|[12]\d|3[01]))[-_ ]|[-_ ](?!\d))"
)
_NAME_PREFIX = lazy(
    rf"(?:(?:{any_of(_RECORDS['kinds']['files'])})[-_ ]*(?=\d|draft|[-_]))?"
    r"(?:\d{1,30}(?:[-_. ]+|$))?"
    r"(?:draft[-_ ])?",
    re.IGNORECASE,
)


def is_bare_title(title: str) -> bool:
    """Whether a heading says no more than which kind of record it is, or its number."""
    return _BARE.match(title.strip()) is not None


def clean_title(title: str, number: int | None = None) -> str:
    """A title without "ADR 12:", "12.", "[Superseded by ADR 9]"; "" if no more is left.

    Args:
        title: As the record has it.
        number: The record's own by its file, which may stand behind any word: "TEP-0012: ".
    """
    said = _without(_LABEL, _without(_SHORTCODES, _without_stars(title.strip())))
    if is_bare_title(said):
        return ""
    rest = _without(_STATUS_TAG, said)
    for _ in range(2):  # in either order: "2024-05-14 ADR 7: …", "7. ADR: …"
        own = _own_number(rest, number)
        if own:
            rest, number = f"{rest[: own.start()]}{rest[own.end() :]}", None
        rest = _without(_DATE, _without(_STATUS_TAG, _without(_PREFIX, rest)))
    rest = _CLOSING_TAG.sub("", rest).strip(" :\u2013\u2014-")
    quoted = _QUOTED.fullmatch(rest)
    return (quoted[1] if quoted else rest) or said


def _without_stars(title: str) -> str:
    """A title without stars around all of it: "**Queues **" is not bold, and is meant to be."""
    inner = title[2:-2]
    is_meant = title.startswith("**") and title.endswith("**") and "*" not in inner
    return inner.strip() if is_meant else title


def _own_number(title: str, number: int | None) -> re.Match[str] | None:
    """Where a title gives the record's own number, and all that belongs to it."""
    for match in (
        _OWN_NUMBER.match(title),
        *(pattern.match(title) for pattern in _OWN),
        _OWN_AT_END.search(title),
    ):
        if match and number == int(next(filter(None, match.groups()))):
            return match
    return None


def status_in_title(title: str) -> str:
    """The status that a title begins or ends with, in brackets; "" where it does not."""
    said = title.strip()
    match = _STATUS_TAG.match(said) or _STATUS_TAG.match(_without(_PREFIX, said))
    match = match or _CLOSING_TAG.search(said)
    return match["status"] if match else ""


def date_in_title(title: str) -> str:
    """The date that a title begins with; "" where it does not."""
    match = _DATE.match(_without(_PREFIX, title.strip()))
    return match[0] if match else ""


def _without(beginning: re.Pattern[str], said: str) -> str:
    match = beginning.match(said)
    return said[match.end() :] if match else said


def is_placeholder(title: str) -> bool:
    """Whether a title is a template's, its own still to be written: `{title}`, "ADR-NNN: Title"."""
    return (
        has_placeholder(title)
        or " ".join(_ASIDE.sub(" ", title).lower().split()) in _TEMPLATE_TITLES
    )


def has_placeholder(text: str) -> bool:
    """Whether `{title}`, `[short title …]` or the like stands in a text."""
    return _MARK.search(text) is not None


def tradition_in(title: str) -> str:
    """What a title such as "MSC2229: Allow …" calls records before their number; "" if nothing."""
    match = _TRADITION.match(title.strip())
    return match[1] if match else ""


def number_in_title(title: str) -> int | None:
    """The number that a title begins with."""
    match = _PREFIX.match(_without(_STATUS_TAG, title.strip()))
    number = (match["number"] or match["plain"]) if match else None
    return int(number) if number else None


def date_in_name(name: str) -> str:
    """The day or the month that a file name begins with, `2024-05-14`; "" if none."""
    day_alone = name.removesuffix(without_day(name))  # where a number stands behind it
    match = _DATED_NAME.match(day_alone or name)
    day = (match["day"] or "").strip("-") if match else ""
    return "-".join(filter(None, (match["year"], match["month"], day))) if match else ""


def number_in_name(name: str) -> int | None:
    """The number that a file name begins with; a date is none."""
    if _DATED_NAME.match(without_day(name)):
        return None
    found = numbered_name(name)
    return found[1] if found else None


def title_of_name(name: str) -> str:
    """A file name made readable: `0004-use-sqlite.md` is "Use sqlite"."""
    stem = without_day(PurePosixPath(name).stem)
    dated = _DATED_NAME.match(stem)
    rest = stem[dated.end() :] if dated else _NAME_PREFIX.sub("", stem, count=1)
    words = " ".join(re.split(r"[-_\s]+", rest)).strip()
    return words[:1].upper() + words[1:]
