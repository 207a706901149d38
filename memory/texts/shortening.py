"""Cuts texts to a size, in whatever that is measured."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ELLIPSIS = "…"
_WORD = 40  # characters, and half of what has room: more is not given up to end between two words


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
