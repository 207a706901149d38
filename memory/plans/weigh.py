"""Weighs words: which two texts have in common, how rare they are, which are opposites."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from memory.texts.lexicon import read_lexicon
from memory.texts.lexicon import words_of as list_of
from memory.texts.words import split_words, stem, stems

if TYPE_CHECKING:
    from collections.abc import Mapping

    Rarity = Mapping[str, float]  # of stems, 0 to 1; 1 for one that is not in it


def rarity(counts: Mapping[str, int], total: int) -> Rarity:
    """How rare each stem is: 0 where every revision has it, 1 where none has."""
    most = math.log(total + 2)
    return {word: 1 - math.log(count + 1) / most for word, count in counts.items()}


def share(rare: Rarity, said: frozenset[str], of: frozenset[str]) -> float:
    """Which share of some words is said, each weighed by its rarity; 0 of none."""
    total = sum(rare.get(word, 1.0) for word in of)
    return sum(rare.get(word, 1.0) for word in of & said) / total if total else 0.0


@lru_cache(maxsize=16_384)
def things(*texts: str) -> frozenset[str]:
    """The stems of some texts, without those that only say that it is used."""
    return frozenset().union(*map(stems, texts)) - stems(_OF_USE)


def opposed(said: str, other: str) -> frozenset[str]:
    """The stems of a text of which another says the opposite; none where it says those as well."""
    proposed, demanded = _all_stems(said), _all_stems(other)
    for ways in _opposites():
        theirs = next((way for way in ways if way & demanded), frozenset())
        others = frozenset().union(*(way for way in ways if way is not theirs))
        if theirs and others & proposed and not (theirs & proposed or others & demanded):
            return theirs
    return frozenset()


def begins_with(said: str, words: str) -> bool:
    """Whether a sentence begins with a verb of a list of `data/lexicon/slots.toml`."""
    return said.partition(" ")[0].lower() in list_of("slots", words)


def leaves_a_rest(left: str) -> bool:
    """Whether only a part of a thing is left behind, such as what is unused of it."""
    return not list_of("slots", "rests").isdisjoint(split_words(left))


@lru_cache(maxsize=4_096)
def _all_stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, split_words(text)))


@cache
def _opposites() -> list[list[frozenset[str]]]:
    lines = read_lexicon("slots")["opposites"]
    return [[frozenset(map(stem, way.split())) for way in ways] for ways in lines]


_OF_USE = "use uses using adopt introduce implement continue will new"
