"""Tells whether two texts say the same, by their words and by their meaning.

Precision comes before recall: a lesson that is there twice can be merged later, evidence that
went to another one's lesson misleads. The bounds and the words of `data/lexicon/similarity` are
fitted on 120 pairs of tests/memory/lessons/pairs.jsonl. What they find is measured on the 63 held
out, which are about other topics and were written before anybody asked what comes of them: by
meaning 23 of 30 that are the same and none of 33 near misses, by words 16 and none. A rule whose
absence changes none of that, on either part or for the titles of decisions, was left out.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache, lru_cache
from math import ceil
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memory.texts.lexicon import read_lexicon, words_of
from memory.texts.words import content_words, stem, stems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from memory.retrieval.meaning import Meaning

#: The cosine of two texts; None where no model can be asked.
Near: TypeAlias = "Callable[[str, str], float | None]"

APPROACH = 0.78  # least cosine of two approaches …
APPROACH_ALONE = 0.9  # … and where one of them says nothing of its situation
SITUATION = 0.5  # least cosine of two situations; those of different ones came to 0.2 at most
SHARED_ALONE = 0.85  # least share of words in common where no model can be asked
SHARED = 0.3  # of words of two titles before a model is asked at all

_WAY = re.compile(r"\bfrom\b(?P<origin>.{1,200}?)\b(?:to|into)\b(?P<end>.+)")
_DIRECTION = re.compile(rf"\b(?:{'|'.join(read_lexicon('similarity')['direction'])})\b")
_REPLACED = re.compile(r"\b(?:by|with|for)\b")
_REPLACING = re.compile(r"\b(?:replac|swap|substitut|exchang|supersed)")
_PREFIXES = read_lexicon("similarity")["prefixes"]
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[\w']+")
_SLACK = 1e-9  # of rounding
_SEARCHED = "searched by words only: "  # as `Meaning` puts it
_COMPARED = "lessons were compared by their words only: "


class Approach(NamedTuple):
    """What a run did, and where."""

    text: str
    situation: str = ""


class TextSimilarity:
    """Compares texts with one another by meaning, each encoded once."""

    def __init__(self, meaning: Meaning) -> None:
        self._meaning = meaning
        self._vectors: dict[str, NDArray[np.float32] | None] = {}
        self.reason = ""  # why texts were compared without a model, if they were

    def __call__(self, one: str, other: str) -> float | None:
        """The cosine of two texts; None, and a `reason`, where no model is ready."""
        ours, theirs = self._vector(one), self._vector(other)
        if ours is None or theirs is None:
            self.reason = _COMPARED + self._meaning.reason.removeprefix(_SEARCHED)
            return None
        return float(ours @ theirs)

    def _vector(self, text: str) -> NDArray[np.float32] | None:
        if text not in self._vectors:
            self._vectors[text] = self._meaning.encode_query(text)
        return self._vectors[text]


def same_approach(one: Approach, other: Approach, near: Near) -> str:
    """Why two runs are taken to have done the same in a like situation; "" if they are not."""
    if not one.text or not other.text or differ(one.text, other.text):
        return ""
    if one.situation and other.situation:
        approach = _close(one.text, other.text, near, APPROACH, SHARED_ALONE)
        situation = _close(one.situation, other.situation, near, SITUATION, SITUATION)
        return f"approach {approach}, situation {situation}" if approach and situation else ""
    approach = _close(one.text, other.text, near, APPROACH_ALONE, 1.0)
    return f"approach {approach}" if approach else ""


def same_rule(one: str, other: str, near: Near) -> str:
    """Why two practices are taken to say the same, wherever they were learned; "" if not."""
    if not one or not other or differ(one, other):
        return ""
    said = _close(one, other, near, APPROACH, SHARED_ALONE)
    return f"rule {said}" if said else ""


def differ(one: str, other: str) -> bool:
    """Whether one says the opposite of the other, or the same of something else.

    Where a single word stands for another, that word is the point: Redis in place of RabbitMQ,
    refunds in place of invoices. No embedding tells these from two words for one thing.
    """
    if opposed(one, other) or _numbers_differ(one, other):
        return True
    if _small_words_differ(one, other) or _is_turned_round(one, other):
        return True
    colourless = words_of("similarity", "colourless")
    return all(
        len({root for word, root in left.items() if word not in colourless}) == 1
        for left in (_left(one, other), _left(other, one))
    )


def opposed(one: str, other: str) -> bool:
    """Whether one says the opposite of the other: by a negation, or by a pair of opposites."""
    if _negations(one) != _negations(other):
        return True
    ours, theirs = _left(one, other), _left(other, one)
    prefixed = (
        {f"{prefix}{word}" for prefix in _PREFIXES for word in some} for some in (ours, theirs)
    )
    if any(some & words.keys() for some, words in zip(prefixed, (theirs, ours), strict=True)):
        return True
    return _any_pair(_opposites("opposites"), {*ours.values()}, {*theirs.values()})


def shared(one: str, other: str) -> float:
    """The share of the content words of two texts that both have, 0 to 1, in whatever form."""
    return _share(stems(one), stems(other))


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
        count = len(ours) - ceil(len(ours) * least / (2 - least) - _SLACK) + 1
        rare = sorted(ours, key=lambda word: (spread[word], word))[:count]
        near = {other for word in rare for other in holders.get(word, ())}
        found += [(other, at) for other in near if _share(ours, words[other]) >= least]
        for word in rare:
            holders.setdefault(word, []).append(at)
    return sorted(found)


def _share(ours: frozenset[str], theirs: frozenset[str]) -> float:
    return 2 * len(ours & theirs) / ((len(ours) + len(theirs)) or 1)


def _close(one: str, other: str, near: Near, cosine: float, words: float) -> str:
    """How close two texts are, in words, if that is close enough."""
    share, found = shared(one, other), near(one, other)
    if found is None:
        return f"{share:.0%} of words" if share >= words else ""
    return f"{found:.2f} by meaning, {share:.0%} of words" if found >= cosine else ""


def _left(one: str, other: str) -> dict[str, str]:
    """The content words of one text that the other has in no form, with their stems."""
    theirs = stems(other)
    return {word: root for word, root in _roots(one).items() if root not in theirs}


@lru_cache(maxsize=4_096)  # each is compared with many
def _roots(text: str) -> dict[str, str]:
    return {word: stem(word) for word in content_words(text)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _negations(text: str) -> int:
    """Whether a text denies: 1 for an odd number of negations."""
    negations = words_of("similarity", "negations")
    return sum(word in negations for word in _words(text)) % 2


def _numbers_differ(one: str, other: str) -> bool:
    ours, theirs = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return bool(ours and theirs) and ours != theirs


def _small_words_differ(one: str, other: str) -> bool:
    ours, theirs = set(_words(one)), set(_words(other))
    return _any_pair(_opposites("small_opposites"), ours - theirs, theirs - ours)


def _any_pair(
    pairs: Iterable[tuple[frozenset[str], frozenset[str]]], ours: set[str], theirs: set[str]
) -> bool:
    """Whether one has a word of one side of a pair, and the other one of its other side."""
    return any(
        (ours & left and theirs & right) or (ours & right and theirs & left)
        for left, right in pairs
    )


@cache
def _opposites(table: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """The pairs of a table of the lexicon, content words by their stems."""
    form = stem if table == "opposites" else str
    return [
        (frozenset(map(form, left.split())), frozenset(map(form, right.split())))
        for left, right in read_lexicon("similarity")[table]
    ]


def _is_turned_round(one: str, other: str) -> bool:
    """Whether what is before the word that tells the direction is behind it in the other text."""
    (before, behind), (their_before, their_behind) = _sides(one), _sides(other)
    return bool(before & their_behind and behind & their_before)


@lru_cache(maxsize=4_096)
def _sides(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The stems before and behind the word that tells the direction, or from where and to where."""
    said = text.lower()
    if way := _WAY.search(said):
        parts = [way["origin"], way["end"]]
    else:
        pattern = _REPLACED if _REPLACING.search(said) else _DIRECTION
        parts = pattern.split(said, maxsplit=1)
    if len(parts) < 2:
        return frozenset(), frozenset()
    before, behind = map(stems, parts)
    return before - behind, behind - before
