"""Takes a commit's message apart: its subject, the paragraphs that tell people something."""

from __future__ import annotations

import re
from typing import NamedTuple

from memory.texts.lexicon import read_lexicon

LONGEST_SUBJECT = 500  # characters; a subject without an end is a pasted text
LONGEST = 1_500  # characters of a message that are kept: what is longer goes into detail


def pattern_of(table: str) -> str:
    """The words or patterns of a list in `commits.toml`, as one pattern."""
    return "(?:" + "|".join(read_lexicon("commits")[table]) + ")"


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

_TRAILER = re.compile(rf"{pattern_of('trailers')}\s?:", re.IGNORECASE)
#: Rulers, boxes to tick, bare links, and what tools leave.
_NOISE = re.compile(
    r"""[-*_=]{3,}$ | [-*]\s*\[[ xX]?\] | https?://\S+$ | <[^>]{0,200}>$ | _[^_]{1,200}_$ | n/a$
    | 🤖 | generated\ with\  | \(cherry\ picked\ from\ commit | conflicts:
    | (?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|part\ of|see|towards|addresses|issue)
      \s*:?\s*(?:[\w./-]*\#\d+|https?://\S+)[\s,.]*$""",
    re.IGNORECASE | re.VERBOSE,
)
_IMAGE = re.compile(r"!\[[^\[\]]{0,300}\]\([^()]{0,2000}\)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_DETAILS = re.compile(r"<details>.*?(?:</details>|\Z)", re.DOTALL | re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}\s*\W{0,4}(.{0,100})")
_FORM = re.compile(pattern_of("form_headings"), re.IGNORECASE)
_LABEL = re.compile(rf"{pattern_of('plain_headings')}\W*$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_MEASURE = re.compile(rf"\d\s?{pattern_of('units')}", re.IGNORECASE)
_EFFECT = re.compile(rf"\b{pattern_of('effects')}", re.IGNORECASE)


class Subject(NamedTuple):
    """A subject taken apart."""

    type: str  # "refactor", "fix", "enh"; lower case, "" where none is given
    scope: str  # as written
    text: str  # what is left, without ticket and number
    number: str = ""  # of the pull request


def read_subject(line: str) -> Subject:
    """A commit's subject, taken apart."""
    text, number = without_numbers(line[:LONGEST_SUBJECT])
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


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a message that say something, without trailers and forms."""
    text = _IMAGE.sub("", _DETAILS.sub("", _COMMENT.sub("", body.replace("\r\n", "\n"))))
    kept: list[str] = []
    gathered: list[str] = []
    in_form = False
    for line in [*text.split("\n"), ""]:
        said = line.strip()
        if heading := _HEADING.fullmatch(said):
            in_form = bool(_FORM.match(heading[1]))
            said = "" if in_form or _LABEL.match(heading[1]) else heading[1].strip()
        elif said and (in_form or _TRAILER.match(said) or _NOISE.match(said)):
            continue
        if (heading or not said) and gathered:
            kept.append("\n".join(gathered))
            gathered = []
        if said:
            gathered.append(said if heading else line.rstrip())
    if gathered:
        kept.append("\n".join(gathered))
    return kept


def short_message(body: str) -> str:
    """What is worth keeping of a message's body, cut between paragraphs."""
    kept: list[str] = []
    room = LONGEST
    for text in paragraphs(body):
        if len(text) > room:
            if not kept:
                kept.append(text[: room - 1].rsplit(None, 1)[0] + "…")
            break
        kept.append(text)
        room -= len(text) + 2
    return "\n\n".join(kept)


def said_effect(body: str) -> str:
    """The sentences of a message that give a measured effect, at most two; "" if there is none."""
    found = [
        " ".join(sentence.split())
        for text in paragraphs(body)
        for sentence in _SENTENCE.split(text)
        if len(sentence) <= 300 and _MEASURE.search(sentence) and _EFFECT.search(sentence)
    ]
    return " ".join(found[:2])
