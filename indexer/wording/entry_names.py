"""Titles and keys of entries, and the names by which texts mean measurements."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from memory.texts.patterns import BLANK_BEFORE

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

    Each is `wanted` with its name and what tells it from others of the same name.
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


_LEAD = re.compile(r"(?:the_)?(?:baselines?|measurements?)_(?:of_|for_)?")
#: What may stand behind the metric; with another word it would be the name of another metric.
_NEXT = re.compile(r"(?:baseline|measurement|of|from|on|at|as|measured|in|dated|\d{1,4})(?:_|$)")
_PARTS = re.compile(
    BLANK_BEFORE + r"(?:;\s*+|(?:,\s*+and\b|,|\band\b)\s*+(?=(?:the\s+)?baselines?\b))"
)


def folded_metric(text: str) -> str:
    """A metric's name as it is compared with others."""
    return re.sub(r"[^\w%]+", "_", text.casefold()).strip("_")


def metrics_in(said: str) -> list[str]:
    """What a text that names a measurement may mean by its metric, folded, the longest first.

    Such as "baseline `checkout_latency_p95` of 2025-03-17 (905 ms)".
    """
    folded = _LEAD.sub("", folded_metric(said), count=1)
    ends = [end for end, one in enumerate(folded) if one == "_" and _NEXT.match(folded, end + 1)]
    return [folded[:end] for end in (len(folded), *reversed(ends)) if end]


def named_baselines(said: str) -> list[str]:
    """The parts of a text that each name a baseline."""
    parts = (part.strip() for part in _PARTS.split(said))
    return [part for part in parts if re.match(r"(?:the\s+)?baselines?\b", part, re.IGNORECASE)]
