"""Checks as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.models.findings import CheckRow

SHORT_HASH = 12


def check_words(one: CheckRow) -> str:
    """A check with who makes it, and where."""
    where = f" ({one.citation})" if one.citation else ""
    return f"{one.owner}{where}, “{one.said}”"


def since_words(one: CheckRow) -> str:
    """Since when it does not hold, and by what first; "" where nobody asked."""
    if one.began is None:
        return ""
    if one.began.told == "uncommitted":
        return "it is not committed yet"
    if not one.began.commit:
        return one.began.told
    first = f", first by {one.first}" if one.first else ""
    return f"since {one.began.commit[:SHORT_HASH]} of {one.began.day}{first}"
