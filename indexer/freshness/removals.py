"""Whether a text decides that something goes: that it is gone is then what was decided."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.markup.elements import without_code, without_comments
from indexer.wording.anchors import symbol_parts
from memory.texts.lexicon import any_of, read_lexicon
from memory.texts.patterns import lazy

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = read_lexicon("removals")
_GOES = any_of(_WORDS["goes"])
_REMOVE = rf"\b(?:{any_of(_WORDS['remove'])})\b"
_REMOVED = rf"\b(?:{any_of(_WORDS['removed'])})\b"
_NOT = lazy(rf"\b(?:{any_of(_WORDS['not'])})\b", re.IGNORECASE)
_NEAR = 30  # characters before a verb in which a negation is its own
_BETWEEN = rf"(?:(?!\b(?:{any_of(_WORDS['elsewhere'])})\b)[^.;:]){{0,90}}?"
_NAME = "\0"  # what stands for the name of what goes, in sentences
#: "Remove X", "X is to be removed", "X (removed)".
_FORMS = (
    lazy(rf"(?i:{_REMOVE})(?i:{_BETWEEN}){_NAME}"),
    lazy(rf"{_NAME}[`)\"']*(?i:{_BETWEEN})(?i:\b(?:{_GOES})\s+(?:\w+ly\s+|be\s+)?{_REMOVED})"),
    lazy(rf"{_NAME}[`)\"']*(?i:[^.;:]{{0,40}}?[,:(]?\s*{_REMOVED}\s*(?:by\b|[,.;)]|$))"),
)
_BESIDE = lazy(rf"(?P<name>{_NAME}`)(?:, | and | or )`[^`\n]{{1,200}}`")
_BEFORE = lazy(rf"`[^`\n]{{1,200}}`(?:, |,? and |,? or )(?=`{_NAME})")
_ITEM = lazy(r"\s*(?:[-*+]|\d+[.)])\s+")
_PART = lazy(r"[A-Z]?[a-z\d]+|[A-Z]+(?![a-z])")


def decides_removal(text: str, name: str) -> bool:
    """Whether a Markdown text says of a path or a symbol that it is to go.

    Either its verb comes before it ("Remove `OrderBook`"), or after ("`OrderBook` is removed"),
    or it stands in a list below such a line. What something else is removed from stays.
    """
    last = name if "/" in name else symbol_parts(name)[-1] if symbol_parts(name) else name
    spaced = r"[\s_-]*".join(map(re.escape, _PART.findall(last)))
    said = rf"(?<![\w]){re.escape(last)}(?!\w)"
    named = rf"(?:{said}|(?<!\w)(?i:{spaced})(?!\w))" if "/" not in last and spaced else said
    spoken = re.compile(named)
    return any(
        _NOT.search(sentence[max(0, match.start() - _NEAR) : match.end()]) is None
        for sentence in (_alone(spoken.sub(_NAME, one)) for one in _sentences(text))
        if _NAME in sentence
        for form in _FORMS
        for match in form.finditer(sentence)
    )


def _alone(sentence: str) -> str:
    """A sentence without the other names in code of a list in which the name stands."""
    left = ""
    while sentence != left:
        left, sentence = sentence, _BEFORE.sub("", _BESIDE.sub(r"\g<name>", sentence))
    return sentence


@lru_cache(maxsize=16)
def _sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text on one line each; an item of a list with the line above the list."""
    return tuple(_read_sentences(text))


def _read_sentences(text: str) -> Iterator[str]:
    lead = ""
    for block in re.split(r"\n\s*\n", without_code(without_comments(text))):
        lines: list[str] = []
        for line in block.split("\n"):
            if _ITEM.match(line) or not lines or line.startswith("#"):
                lines.append(line)
            else:
                lines[-1] = f"{lines[-1]} {line.strip()}"
        for line in lines:
            item = _ITEM.match(line)
            if item is None:
                lead = line.rstrip()[:-1] if line.rstrip().endswith(":") else ""
            yield from re.split(r"(?<=[.;!?])\s+", line)
            if item and lead and re.search(rf"(?i:{_REMOVED}|^\W*{_REMOVE})", lead):
                yield f"{line[item.end() :].partition(',')[0]} is removed"
