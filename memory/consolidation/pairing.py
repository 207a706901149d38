"""Finds the pairs among many texts that share enough of their words, without comparing all."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING

from memory.learning.likeness import stems

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLACK = 1e-9  # of rounding


def sharing(texts: Sequence[str], least: float) -> list[tuple[int, int]]:
    """The places of every two texts whose `shared` words come to at least this, in order.

    Of a text with n words another that is close enough has k = n * least / (2 - least) or more.
    So the two have one of the n - k + 1 rarest words of each in common, and only those that have
    are compared.
    """
    words = [stems(text) for text in texts]
    spread = Counter(word for some in words for word in some)
    holders: dict[str, list[int]] = {}
    found: list[tuple[int, int]] = []
    for at, ours in enumerate(words):
        rare = sorted(ours, key=lambda word: (spread[word], word))[: _telling(len(ours), least)]
        near = {other for word in rare for other in holders.get(word, ())}
        for other in near:
            theirs = words[other]
            if 2 * len(ours & theirs) / (len(ours) + len(theirs)) >= least:
                found.append((other, at))
        for word in rare:
            holders.setdefault(word, []).append(at)
    return sorted(found)


def _telling(count: int, least: float) -> int:
    """How many of the rarest words of a text one of those close to it must have."""
    return count - ceil(count * least / (2 - least) - _SLACK) + 1
