"""Tells whether two runs did the same in a like situation, by what they say of it.

Precision comes before recall: a lesson that is there twice can be merged later, evidence that
went to another one's lesson misleads. The bounds are fitted on the pairs of
tests/memory/learning/pairs.py, where a test holds what they find.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Callable

#: The cosine of two texts; None where no model can be asked.
Near: TypeAlias = "Callable[[str, str], float | None]"

APPROACH = 0.78  # least cosine of two approaches …
APPROACH_ALONE = 0.9  # … and where one of them says nothing of its situation
SITUATION = 0.5  # least cosine of two situations; those of different ones came to 0.2 at most
SHARED = 0.3  # least share of words in common, beside the cosine
SHARED_ALONE = 0.85  # and where no model can be asked
_NEGATIONS = frozenset(
    "avoid cannot don't dont free never no nobody none nor not nothing out stop without".split()
)
_OPPOSITES = (
    "add introduce enable begin start open keep / remove drop disable end stop close delete",
    "increase raise grow more larger longer up upgrade / decrease lower shrink fewer less smaller"
    " shorter down downgrade",
    "merge join combine unify / split separate divide extract",
    "optimistic / pessimistic",
    "first / last",
    "always / never",
    "push / pull",
    "client / server",
    "read / write",
    "manual manually / automatic automatically",
    "sync / async",
    "monolith / microservices",
)
#: The same among the small words, which are no content.
_SMALL_OPPOSITES = (
    ({"before"}, {"after"}),
    ({"into"}, {"out", "from"}),
    ({"all", "every", "each", "both"}, {"one", "single", "some"}),
    ({"more"}, {"less", "fewer"}),
    ({"with"}, {"without"}),
)
#: Words that tell what comes from what; "by" and "with" do so where something is replaced.
_DIRECTION = re.compile(r"\b(?:from|to|into|before|after|over|than|instead of|in place of)\b")
_WAY = re.compile(r"\bfrom\b(?P<origin>.+?)\b(?:to|into)\b(?P<end>.+)")
_REPLACED = re.compile(r"\b(?:by|with|for)\b")
_REPLACING = re.compile(r"\b(?:replac|swap|substitut|exchang|supersed)")
_PREFIXES = ("a", "de", "dis", "un", "in", "non", "anti")
#: Verbs by which one word for the same is as good as another.
_COLOURLESS = frozenset(
    """
    add apply carry create declare do give have implement introduce keep log make move place put
    run send set shift take turn use wrap write
    """.split()
)
_ENDINGS = (
    "ization isation ations ation ments ment ings ing ies ied ed es ly s e y".split()
)  # longest first
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_WORD = re.compile(r"[\w']+")


class Said(NamedTuple):
    """What a run did, and where."""

    approach: str
    situation: str = ""


def likeness(one: Said, other: Said, near: Near) -> str:
    """Why two runs are taken to have done the same in a like situation; "" if they are not."""
    if not one.approach or not other.approach or differ(one.approach, other.approach):
        return ""
    if one.situation and other.situation:
        approach = _close(one.approach, other.approach, near, APPROACH, SHARED_ALONE)
        situation = _close(one.situation, other.situation, near, SITUATION, SITUATION)
        return f"approach {approach}, situation {situation}" if approach and situation else ""
    approach = _close(one.approach, other.approach, near, APPROACH_ALONE, 1.0)
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
    if _negations(one) != _negations(other) or _numbers_differ(one, other):
        return True
    if _small_words_differ(one, other) or _is_turned_round(one, other):
        return True
    ours, theirs = _left(one, other), _left(other, one)
    if any(_are_opposite(a, b) for a in ours for b in theirs):
        return True
    telling = [{_stem(word) for word in some if word not in _COLOURLESS} for some in (ours, theirs)]
    return all(len(some) == 1 for some in telling)


def opposed(one: str, other: str) -> bool:
    """Whether one says the opposite of the other: by a negation, or by a pair of opposites."""
    if _negations(one) != _negations(other):
        return True
    return any(_are_opposite(a, b) for a in _left(one, other) for b in _left(other, one))


def shared(one: str, other: str) -> float:
    """The share of the content words of two texts that both have, 0 to 1, in whatever form."""
    ours, theirs = stems(one), stems(other)
    return 2 * len(ours & theirs) / ((len(ours) + len(theirs)) or 1)


@lru_cache(maxsize=1024)  # each is compared with many
def stems(text: str) -> frozenset[str]:
    """The content words of a text, without what their forms differ in."""
    return frozenset(map(_stem, content_words(text)))


def _close(one: str, other: str, near: Near, cosine: float, words: float) -> str:
    """How close two texts are, in words, if that is close enough."""
    share, found = shared(one, other), near(one, other)
    if found is None:
        return f"{share:.0%} of words" if share >= words else ""
    close = found >= cosine and (share >= SHARED or cosine < APPROACH)
    return f"{found:.2f} by meaning, {share:.0%} of words" if close else ""


def _left(one: str, other: str) -> list[str]:
    """The content words of one text that the other has in no form."""
    theirs = stems(other)
    return [word for word in content_words(one) if _stem(word) not in theirs]


def _negations(text: str) -> int:
    return sum(word in _NEGATIONS for word in _WORD.findall(text.lower())) % 2


def _small_words_differ(one: str, other: str) -> bool:
    ours, theirs = (set(_WORD.findall(text.lower())) for text in (one, other))
    only_ours, only_theirs = ours - theirs, theirs - ours
    return any(
        (only_ours & left and only_theirs & right) or (only_ours & right and only_theirs & left)
        for left, right in _SMALL_OPPOSITES
    )


def _is_turned_round(one: str, other: str) -> bool:
    """Whether what is before the word that tells the direction is behind it in the other text."""
    (before, behind), (their_before, their_behind) = _sides(one), _sides(other)
    return bool(before & their_behind and behind & their_before)


def _sides(text: str) -> tuple[set[str], set[str]]:
    """The stems before and behind the word that tells the direction, or from where and to where."""
    said = text.lower()
    if way := _WAY.search(said):
        parts = [way["origin"], way["end"]]
    else:
        pattern = _REPLACED if _REPLACING.search(said) else _DIRECTION
        parts = pattern.split(said, maxsplit=1)
    if len(parts) < 2:
        return set(), set()
    before, behind = (set(map(_stem, content_words(part))) for part in parts)
    return before - behind, behind - before


def _numbers_differ(one: str, other: str) -> bool:
    ours, theirs = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return bool(ours and theirs) and ours != theirs


def _are_opposite(one: str, other: str) -> bool:
    if any(f"{prefix}{a}" == b for prefix in _PREFIXES for a, b in ((one, other), (other, one))):
        return True
    stems = {_stem(one), _stem(other)}
    return any(
        len(stems) == 2 and stems & left and stems & right and stems <= left | right
        for left, right in _OPPOSITE_STEMS
    )


@lru_cache(maxsize=16384)
def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_OPPOSITE_STEMS = [
    tuple({_stem(word) for word in side.split()} for side in pair.split(" / "))
    for pair in _OPPOSITES
]
