"""Titles and keys of entries: short for people, stable for the ledger."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_TITLE = 300
MAX_KEY = 80

_SENTENCE_END = re.compile(r"(?<=[.!?])\s|[。！？]")


def slug(text: str) -> str:
    """The letters and digits of a text, lower case, joined by hyphens; "" if it has none."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-")[:MAX_KEY].rstrip("-")


def as_title(text: str, limit: int = MAX_TITLE) -> str:
    """A text on one line, at most `limit` characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[: limit - 1].rsplit(" ", 1)[0] + "…"


def first_sentence(text: str, limit: int = 120) -> str:
    """What a text says first, as a title for it."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    return as_title(_SENTENCE_END.split(first, maxsplit=1)[0].rstrip(".:;, "), limit)


def unique_keys(wanted: Sequence[tuple[str, str]]) -> list[str]:
    """One key for each entry of a file, none twice.

    A name that several entries share is told apart by what else is known of each, such as its
    date, so that a key does not depend on the order of the file; what is still equal is counted.

    Args:
        wanted: For each entry its name, and what tells it from others of the same name.
    """
    names = Counter(name for name, _ in wanted)
    keys = [
        f"{name}@{apart}" if apart and names[name] > 1 else name or "entry"
        for name, apart in wanted
    ]
    seen: Counter[str] = Counter()
    taken = set(keys)
    unique = []
    for key in keys:
        seen[key] += 1
        while (fresh := key if seen[key] == 1 else f"{key}#{seen[key]}") != key and fresh in taken:
            seen[key] += 1
        unique.append(fresh)
    return unique
