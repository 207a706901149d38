"""Chooses the part of a passage that is worth showing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = re.compile(
    r"(?:\A|\n)\s*[-*+]\s+"  # an item, its bullet being no news
    r"|\n\s*\n"
    r"|\n(?=\s*\d+[.)]\s)"
    r"|\n(?=\**[A-Z][\w -]{0,30}:)"  # a field: "Status: accepted"
)
_SENTENCES = re.compile(r"[.!?;:]\s+|\s·\s")
_HEADINGS = re.compile(r"\A(?:\s*#{1,6}[^\n]*\n)+")


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
    start = _best_start(text, [word.lower().rstrip("s") or word for word in words], length)
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


def _best_start(text: str, stems: Sequence[str], length: int) -> int:
    """Where most words come into view: the beginning if it will do, else the nearest sentence."""
    lowered = text.lower()

    def worth(start: int) -> tuple[int, bool, int]:
        places = [lowered.find(stem, start, start + length) for stem in stems]
        found = [place - start for place in places if place >= 0]
        return len(found), start == 0, -min(found, default=0)

    return max((0, *(match.end() for match in _SENTENCES.finditer(text))), key=worth)
