"""Cuts texts to a size, in whatever that is measured, and chooses what of them is shown."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from memory.texts.words import stem, stem_places

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

ELLIPSIS = "…"
_WORD = 40  # characters, and half of what has room: more is not given up to end between two words

_PARTS = re.compile(
    r"(?:\A|\n)\s*[-*+]\s+"  # an item, its bullet being no news
    r"|\n\s*\n"
    r"|\n(?=\s*\d+[.)]\s)"
    r"|\n(?=\**[A-Z][\w -]{0,30}:)"  # a field: "Status: accepted"
)
_SENTENCES = re.compile(r"[.!?;:]\s+|\s·\s")
_HEADINGS = re.compile(r"\A(?:\s*#{1,6}[^\n]*\n)+")


def shortened(text: str, longest: int) -> str:
    """The text, or as many of its characters, … among them, as are allowed."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + ELLIPSIS


def cut(text: str, room: int, measure: Callable[[str], int]) -> str:
    """The text, or as much of its beginning as has room, with … behind it; words stay whole.

    Args:
        text: What may be too long.
        room: What the outcome may measure.
        measure: The size of a text; each character adds at least 1 to it.

    Returns:
        Nothing where not even … has room.
    """
    if measure(text) <= room:
        return text
    ends = range(min(len(text), room + 1))
    end = bisect_right(ends, room, key=lambda end: measure(text[:end] + ELLIPSIS)) - 1
    if end < 0:
        return ""
    space = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    return text[: space if space > max(end // 2, end - _WORD) else end].rstrip() + ELLIPSIS


def json_bytes(value: Any) -> int:
    """Bytes of a value as JSON."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def utf16_length(text: str) -> int:
    """Characters as JavaScript counts them: those beyond U+FFFF are two."""
    return len(text) + sum(char > "\uffff" for char in text)


def excerpt(passage: str, words: Sequence[str], *, length: int) -> str:
    """The stretch of a passage that has most of the words, the first such one, on one line.

    Args:
        passage: Headings at its beginning are left out, if there is more.
        words: What the reader looks for.
        length: At most so many characters, whole words, marks of omission not counted.
    """
    text = _on_one_line(_HEADINGS.sub("", passage).strip() or passage)
    if len(text) <= length:
        return text
    start = _best_start(text, {stem(word) for word in words}, length)
    end = start + length
    if end < len(text):
        end = text.rfind(" ", start, end + 1)
        end = start + length if end <= start else end
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return f"{before}{text[start:end].strip()}{after}"


def _on_one_line(text: str) -> str:
    """The text with a dot where a paragraph, an item or a field begins."""
    parts = (" ".join(part.split()) for part in _PARTS.split(text) if part.strip())
    return " · ".join(parts).replace(": · ", ": ")


def _best_start(text: str, stems: Collection[str], length: int) -> int:
    """Where most words come into view: the beginning if it will do, else the nearest sentence."""
    places = [(at, root) for at, _, root in stem_places(text) if root in stems] if stems else []

    def worth(start: int) -> tuple[int, bool, int]:
        seen = [(at, root) for at, root in places if start <= at < start + length]
        return len({root for _, root in seen}), start == 0, start - min(seen, default=(start,))[0]

    return max((0, *(match.end() for match in _SENTENCES.finditer(text))), key=worth)
