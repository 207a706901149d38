"""The sentences of a memory's text, each with its place and the headings it stands under."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.retrieval.passages import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 400  # characters of a sentence that are read
SHORTEST = 10  # characters; a shorter one says nothing by itself
MOST = 400  # sentences of one memory; a longer text is a specification
_CHECK = re.compile(r"checks?\s*:", re.IGNORECASE)
_CHECKS = re.compile(r"checks?", re.IGNORECASE)
_HEADING = re.compile(r" {0,3}(?P<level>#{1,6})\s++(?P<title>\S.*)$")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_ITEM = re.compile(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+(?:\[[ xX]\]\s+)?")
_TABLE = re.compile(r"\s*\||\s*:?-{3,}")
_QUOTE = re.compile(r"^\s*>\s?")
_END = re.compile(r"(?<=[.!?:])\s+(?=[A-Z`\"'“(\[*_])")


class NormSentence(NamedTuple):
    """Some words that stand by themselves."""

    text: str  # in one line, without markup
    headings: tuple[str, ...]  # above it, the outermost first
    first: int  # 0-based line of the body on which it begins
    last: int

    @property
    def is_check(self) -> bool:
        """Whether it is held against the code, which knows who imports whom, and not read."""
        below = self.headings[-1] if self.headings else ""
        return bool(_CHECK.match(self.text) or _CHECKS.fullmatch(below))


def sentences_of(body: str) -> Iterator[NormSentence]:
    """The sentences of a Markdown text in their order; code and tables have none."""
    headings: list[tuple[int, str]] = []  # each with its level
    is_code = False
    block: list[tuple[int, str]] = []
    count = 0
    for number, line in enumerate([*body.split("\n"), ""]):
        if _FENCE.match(line):
            is_code = not is_code
        title = None if is_code else _HEADING.match(line)
        is_text = bool(line.strip()) and not (is_code or title or _TABLE.match(line))
        if block and (not is_text or _ITEM.match(line)):
            for sentence in _cut(block, tuple(said for _, said in headings)):
                yield sentence
                count += 1
            block = []
        if count >= MOST:
            return
        if title is not None:
            level = len(title["level"])
            headings = [one for one in headings if one[0] < level]
            headings.append((level, plain_text(title["title"].rstrip("# \t")).strip()))
        elif is_text and not _FENCE.match(line):
            block.append((number, plain_text(_ITEM.sub("", _QUOTE.sub("", line))).strip()))


def _cut(block: list[tuple[int, str]], headings: tuple[str, ...]) -> Iterator[NormSentence]:
    """The sentences of a paragraph or list item."""
    starts, text = [], ""
    for number, line in block:
        starts.append((len(text), number))
        text += f"{line} "
    at = 0
    for part in filter(None, _END.split(text.strip())):
        start = text.index(part, at)
        at = start + len(part)
        first, last = (
            max(number for begin, number in starts if begin <= place) for place in (start, at - 1)
        )
        said = " ".join(part.split())[:LONGEST]
        if len(said) >= SHORTEST:
            yield NormSentence(said, headings, first, last)
