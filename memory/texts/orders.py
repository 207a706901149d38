"""Whether a text gives orders to the model that reads it, which no record of a project should.

A lexicon has the words, `data/lexicon/orders.toml`. What stands there in other letters, cut up, or
where nobody sees it, is read as a model reads it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from memory.texts.lexicon import read_lexicon
from memory.texts.linear import compiled

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN = "hidden"  # the kind of what is not seen
#: Characters that are not seen, and none of which a text of people needs within a word.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufe00-\ufe0f]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]+")  # letters that no font shows
_TURNED = re.compile("[\u202d\u202e]([^\u202c\n]{1,400})")  # shown from right to left
_MARKS = str.maketrans("", "", "*`")
_EDGES = re.compile(r"(?<!\w)_+|(?<=[^\W_])_+(?!\w)")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_APART = re.compile(r"(?<!\w)(?:\w ){5,200}\w(?!\w)")  # i g n o r e
#: What archmem itself writes beside an entry, which says nothing to a model.
_OWN_MARK = re.compile(
    r"<!-- archmem: (?:recorded|[\w.:-]{1,80})(?: by agent:[\w.@/+-]{1,80})? -->"
)
_ENTITY = re.compile(r"&#?\w{2,8};")
#: Letters of other alphabets that look like Latin ones.
_ALIKE = str.maketrans("аеорсухіјѕԁһӏνοαετικρυϲ", "aeopcyxijsdhlvoaetikpuc")


def orders_in(text: str) -> tuple[str, ...]:
    """What kinds of orders stand in a text; none in what only tells of something."""
    return tuple(dict.fromkeys((*_unseen(text), *_said(text))))


def _said(text: str) -> list[str]:
    """The kinds of orders that its words give."""
    said = "\n".join(_forms(text)).encode("utf-8", "surrogatepass")
    return [name for name, pattern in _kinds().items() if pattern.search(said)]


def _unseen(text: str) -> Iterator[str]:
    """Whether there are letters that a reader does not see, or not in their order."""
    if text.isascii():
        return
    said = [_decoded(one[0]) for one in _TAGS.finditer(text)]
    turned = [one[1][::-1] for one in _TURNED.finditer(text)]
    if any(len(one) > 3 for one in said) or any(map(_said, turned)):
        yield HIDDEN


def _forms(text: str) -> Iterator[str]:
    """The text as a model reads it: small letters, no marks, nothing that is not seen.

    Once line by line, once without line ends; if there are letters of other alphabets or by
    themselves, also as what they look like.
    """
    if "<!-- archmem: " in text:
        text = _OWN_MARK.sub("", text)
    if "&" in text:
        text = _ENTITY.sub(lambda one: html.unescape(one[0]), text)
    if not text.isascii():
        text = _TAGS.sub(lambda one: _decoded(one[0]), _UNSEEN.sub("", text))
        text = _ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    folded = text.casefold()
    plain = _EDGES.sub("", folded.translate(_MARKS)) if "_" in folded else folded.translate(_MARKS)
    lines = [" ".join(line.split()) for line in plain.split("\n")]
    yield "\n".join(lines)
    yield " ".join(filter(None, lines))
    if not plain.isascii():
        yield " ".join(plain.translate(_ALIKE).split())
    yield from _cut_up(folded)


def _cut_up(text: str) -> Iterator[str]:
    """Lines in which letters stand by themselves; words are two blanks apart there."""
    for line in text.split("\n") if _APART.search(text) else ():
        if _APART.search(line):
            yield " ".join("".join(word.split()) for word in line.split("  "))


def _decoded(tags: str) -> str:
    return "".join(chr(ord(one) - 0xE0000) for one in tags)


@cache
def _kinds() -> dict[str, Any]:
    kinds = read_lexicon("orders")["kinds"]
    return {name: compiled("|".join(patterns)) for name, patterns in kinds.items()}
