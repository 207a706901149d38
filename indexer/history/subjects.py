"""Takes a commit's subject apart: type and scope by convention, ticket, pull request, text."""

from __future__ import annotations

import re
from typing import NamedTuple

LONGEST = 500  # characters; a subject without an end is a pasted text

#: "refactor(auth)!: …", "[ENH](blockstore): …", "shares: …" is plain text
_TYPE = re.compile(
    r"""
    (?: \[(?P<tag>[\w/ -]{2,20})\] | (?P<type>[A-Za-z]{2,12})(?=\s?(?:\([^()]{0,80}\))?!?:) )
    \s? (?:\((?P<scope>[^()]{0,80})\))? \s? !? \s? [:-]? \s* (?P<text>.*)
    """,
    re.VERBOSE,
)
#: "INTERLOK-3776 - …", "#123: …", ":recycle: …", and time tracking as "#time 10m"
_TICKET = re.compile(
    r"""
    (?: \[?\#?[A-Z][A-Z0-9]{1,9}-\d{1,7}\]? | \#?\d{2,6}(?=[\s:]) | :[a-z_]{2,30}: | \#comment\b
      | [^\w\s"'`(\[]{1,3} )
    [\s:,.|-]{0,4}
    """,
    re.VERBOSE,
)
_TAIL = re.compile(r"\s(?:[A-Z][A-Z0-9]{1,9}-\d{1,7}\s)?#(?:time|comment)\b.*$")
_NUMBER = re.compile(r"\s*\((?:#|[\w./-]{1,100}#|GH-)(?P<number>\d{1,7})\)\s*$")
_BACKPORT = re.compile(r"\s*\((?:backport|cherry-pick)[^()]{0,60}\)\s*$", re.IGNORECASE)


class Subject(NamedTuple):
    """A subject taken apart."""

    type: str  # "refactor", "fix", "enh"; lower case, "" where none is given
    scope: str  # as written
    text: str  # what is left, without ticket and number
    number: str = ""  # of the pull request


def read_subject(line: str) -> Subject:
    """A commit's subject, taken apart."""
    text, number = without_numbers(line[:LONGEST])
    text = _without_tickets(_TAIL.sub("", text))
    match = _TYPE.fullmatch(text)
    if match is None:
        return Subject("", "", text, number)
    kind = (match["tag"] or match["type"]).lower()
    return Subject(kind, match["scope"] or "", _without_tickets(match["text"]), number)


def without_numbers(line: str) -> tuple[str, str]:
    """A subject without the numbers of pull requests that hosts append, and the last of them."""
    number = ""
    while match := _NUMBER.search(line) or _BACKPORT.search(line):
        number = number or match.groupdict().get("number", "")
        line = line[: match.start()]
    return line.strip(), number


def folded(title: str) -> str:
    """A title as it is compared with others."""
    return " ".join(without_numbers(title)[0].casefold().split())


def _without_tickets(text: str) -> str:
    while match := _TICKET.match(text):
        text = text[match.end() :]
    return text.strip()
