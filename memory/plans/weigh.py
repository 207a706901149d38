"""Weighs what a step has in common with what a rule wants, and with what it does not want."""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from memory.norms.sides import is_return
from memory.plans.slots import chosen_in, names_in, slot_of
from memory.texts.lexicon import read_lexicon
from memory.texts.lexicon import words_of as list_of
from memory.texts.words import split_words, stem, stems

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from memory.norms.sides import Intent
    from memory.plans.rules import StepRule

    Vectors = Mapping[str, NDArray[np.float32]]  # of texts, each of length 1
    Rarity = Mapping[str, float]  # of stems, 0 to 1; 1 for one that is not in it


#: What shares less of the words of what is not to be cannot come near enough to it to conflict.
LEAST = 0.15
SHORT, WHOLE = 2, 0.9  # what is said in so few words has to be said whole
HALF = 0.5  # of a name that a step says: with more of it it speaks of that thing


class RuleOverlap(NamedTuple):
    """What a step has in common with what is not to be, and what sets that apart."""

    near: float  # cosine of what is proposed and what is not to be, -1 to 1
    ahead: float  # by how much it is nearer to that than to what is to be
    says: float  # share of the words of what is not to be that it says, by their rarity, 0 to 1
    says_ahead: float  # that less the share of the words of what is to be
    within: float  # share of what is proposed that the rule's sentence and title speak of


class LeftBehind(NamedTuple):
    """What a step leaves behind beside what a rule speaks of; shares by rarity, 0 to 1."""

    covers: float  # share of what the rule speaks of that is left behind
    covered: float  # share of what is left behind that the rule speaks of


class RuleReader:
    """What can be told of steps and rules with the rarity of their words and their vectors.

    Of texts whose vectors it does not know it supposes whatever lets one go on, and says so in
    `missing`: once they are learned, the same questions have their final answers.
    """

    def __init__(self, rare: Rarity) -> None:
        self._rare = rare
        self._vectors: dict[str, NDArray[np.float32]] = {}  # of texts, each of length 1
        self.missing: set[str] = set()

    def learn(self, vectors: Vectors) -> None:
        """Afterwards the vectors of these texts are known."""
        self._vectors |= vectors
        self.missing -= vectors.keys()

    def cosine(self, text: str, other: str, *, supposed: float = 1.0) -> float:
        """How near two texts are, -1 to 1; 0 where one is empty."""
        if not (text and other):
            return 0.0
        if unknown := {text, other} - self._vectors.keys():
            self.missing |= unknown
            return supposed
        return float(self._vectors[text] @ self._vectors[other])

    def share(self, said: frozenset[str], of: frozenset[str]) -> float:
        """Which share of some words is said, each weighed by its rarity; 0 of none."""
        total = sum(self._rare.get(word, 1.0) for word in of)
        return sum(self._rare.get(word, 1.0) for word in of & said) / total if total else 0.0

    def against(self, intent: Intent, rule: StepRule) -> RuleOverlap | None:
        """The evidence that a step proposes what is not to be; None where it cannot."""
        if not (intent.proposes and rule.unwanted):
            return None
        proposed, left = things(intent.proposes), things(intent.leaves)
        wanted, unwanted = things(rule.wanted), things(rule.unwanted)
        says = self.share(proposed, unwanted - wanted)
        is_short = len(unwanted - wanted) <= SHORT and not is_return(intent.proposes)
        least = WHOLE if is_short else LEAST
        if says < least or not _names_one(proposed, rule.unwanted):
            return None
        if opposed(intent.proposes, rule.unwanted) or self.says_chosen(intent, rule):
            return None
        if left and self.share(left, unwanted - wanted) >= says:
            return None
        near = self.cosine(intent.proposes, rule.unwanted)
        return RuleOverlap(
            near,
            near - self.cosine(intent.proposes, rule.wanted, supposed=0.0),
            says,
            says - self.share(proposed, wanted - unwanted),
            self.share(unwanted | things(rule.norm.sentence, rule.hit.memory.title), proposed),
        )

    def says_chosen(self, intent: Intent, rule: StepRule) -> bool:
        """Whether a step uses what is to be, by its name; or goes where nothing unwanted is."""
        unwanted = things(rule.unwanted) - things(rule.wanted)
        slot, proposed = slot_of(intent.proposes), things(intent.proposes)
        if begins_with(intent.proposes, "merging") and slot.thing:
            return not things(slot.thing) & unwanted
        names = [things(name) - things(rule.unwanted) for name in names_in(rule.wanted)]
        refused = [things(name) - things(rule.wanted) for name in names_in(rule.unwanted)]
        says = any(name and name <= proposed for name in names)
        return says and not any(name and name <= proposed for name in refused)

    def left_wanted(self, intent: Intent, rule: StepRule) -> LeftBehind:
        """How far a step leaves behind what is to be, and that alone."""
        return self._left(intent, rule, things(rule.wanted) - things(rule.unwanted))

    def left_unwanted(self, intent: Intent, rule: StepRule) -> LeftBehind:
        """How far a step leaves behind what is not to be, and that alone."""
        left, unwanted = things(intent.leaves), things(rule.unwanted) - things(rule.wanted)
        return LeftBehind(self.share(left, unwanted), self.share(unwanted, left))

    def _left(self, intent: Intent, rule: StepRule, spoken: frozenset[str]) -> LeftBehind:
        left = things(intent.leaves)
        around = things(rule.hit.memory.title, rule.norm.sentence)
        return LeftBehind(self.share(left, spoken), self.share(around, left))

    def purpose_shared(self, intent: Intent, rule: StepRule) -> float:
        """Of what a step would use another thing for, the share that the decision speaks of.

        0 where it does not: both things have to be called by a name, the decision does not speak
        of the step's, and the step not of the decision's.
        """
        slot = slot_of(intent.proposes)
        theirs, titled = chosen_in(rule.wanted), chosen_in(rule.hit.memory.title)
        decided = things(*_decided(rule), rule.wanted)
        said = things(intent.proposes, intent.leaves)
        is_called = bool(names_in(slot.thing)) or self._is_strange(slot.thing)
        if not (theirs and is_called) or things(slot.thing) & decided:
            return 0.0
        for chosen in (theirs, titled):
            if self.share(said, things(*chosen)) > HALF:
                return 0.0
        return self.share(decided, things(slot.purpose))

    def opposite_shared(self, intent: Intent, rule: StepRule) -> float:
        """Share of a demand that a step repeats while it says the opposite of a word of it.

        0 where it says no opposite, or the demand's own word as well.
        """
        if not (theirs := opposed(intent.proposes, rule.wanted)):
            return 0.0
        return self.share(things(intent.proposes), things(rule.wanted) - theirs)

    def _is_strange(self, thing: str) -> bool:
        """Whether a thing is called by one word that no memory has, which is as good as a name."""
        words = things(thing)
        return len(words) == 1 and all(self._rare.get(word, 1.0) == 1.0 for word in words)

    def foreign(self, intent: Intent, rule: StepRule) -> float:
        """Share of what a step says that neither the sentence nor the title of a rule has."""
        said = things(intent.proposes, intent.leaves)
        return self.share(said - things(rule.norm.sentence, rule.hit.memory.title), said)

    def says_wanted(self, intent: Intent, rule: StepRule) -> float:
        """Share of what is to be that a step proposes."""
        return self.share(things(intent.proposes), things(rule.wanted) - things(rule.unwanted))


def rarity(counts: Mapping[str, int], total: int) -> Rarity:
    """How rare each stem is: 0 where every revision has it, 1 where none has."""
    most = math.log(total + 2)
    return {word: 1 - math.log(count + 1) / most for word, count in counts.items()}


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


def _names_one(said: frozenset[str], unwanted: str) -> bool:
    """Whether one of the names in what is not to be is said, and whole; or it has none."""
    names = [words for name in names_in(unwanted) if (words := things(name))]
    return not names or any(words <= said for words in names)


@lru_cache(maxsize=4_096)
def _all_stems(text: str) -> frozenset[str]:
    return frozenset(map(stem, split_words(text)))


@cache
def _opposites() -> list[list[frozenset[str]]]:
    lines = read_lexicon("slots")["opposites"]
    return [[frozenset(map(stem, way.split())) for way in ways] for ways in lines]


def _decided(rule: StepRule) -> tuple[str, str]:
    details = rule.hit.memory.revision.draft.details
    return rule.hit.memory.title, getattr(details, "decision", "")


_OF_USE = "use uses using adopt introduce implement continue will new"
