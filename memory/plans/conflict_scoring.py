"""Weighs how likely a step proposes a way that is not to be gone rather than what holds."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind
from memory.models.details import Decision
from memory.models.plan import Ground
from memory.norms.sides import is_return
from memory.plans.rejected_options import chosen_texts, instead_texts, outdated_ways, way_of
from memory.retrieval.calibration import ConflictEvidence
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]  # of texts, each of length 1
    from collections.abc import Iterator, Mapping

    from memory.models.answer import Attempt, Hit, Listed
    from memory.norms.sides import Intent
    from memory.plans.rejected_options import Way


def nearest(text: str, others: Sequence[str], vectors: Vectors) -> str:
    """Of some other texts the nearest to a text, the first of equals; "" where there is none."""
    return max(others, key=lambda other: cosine(text, other, vectors), default="")


def cosine(text: str, other: str, vectors: Vectors) -> float:
    """How near two texts are, -1 to 1; 0 where one is empty."""
    return float(vectors[text] @ vectors[other]) if text and other else 0.0


def own_words(
    said: frozenset[str],
    way: frozenset[str],
    others: frozenset[str],
    rarity: Mapping[str, float],
) -> float:
    """How much of what is said is said in a way's own words, less what is in the others' own.

    Args:
        said: The words of what is proposed.
        way: Those of the way.
        others: Those of the ways that hold.
        rarity: Of each word, 0 for one that all texts have, 1 for one that none has.
    """
    total = sum(rarity[word] for word in said)
    own = sum(rarity[word] for word in said & (way - others))
    theirs = sum(rarity[word] for word in said & (others - way))
    return (own - theirs) / total if total else 0.0


OUTDATED = 6  # memories of ways not to be gone that a step is compared with, the most relevant …
HOLDING = 5  # … and decisions in force
#: What a step leaves behind is a decision in force only where they are this near: below it they
#: are as a rule about different things.
TAKEN = 0.5


class Surroundings(NamedTuple):
    """What is known around a step, the most relevant first."""

    intent: Intent
    hits: tuple[Hit, ...]  # decisions and lessons
    attempts: tuple[Attempt, ...]  # refactorings
    heirs: Mapping[str, Hit]  # what is in force in the place of hits that are not, by uid
    flags: tuple[Hit, ...] = ()  # that are open

    @property
    def holding(self) -> tuple[Hit, ...]:
        """The decisions in force."""
        return tuple(hit for hit in self.hits if binds(hit))


def binds(listed: Listed) -> bool:
    """Whether it is a decision in force."""
    return listed.memory.kind is Kind.DECISION and listed.standing.in_force


class Suspect(NamedTuple):
    """A way that a step may propose, and what it is compared with."""

    hit: Hit
    way: Way
    instead: tuple[Hit, ...]  # decisions in force in its place
    heirs: tuple[str, ...]  # what holds, or works, in its place, a sentence each
    others: tuple[str, ...]  # what else holds around the step

    @property
    def is_alone(self) -> bool:
        """Whether nothing holds that it could be told from."""
        return not (self.heirs or self.others)


class Weighed(NamedTuple):
    """A suspect with the evidence."""

    suspect: Suspect
    evidence: ConflictEvidence
    left: float  # cosine of the way and what the step leaves behind
    names_it: bool  # whether what is proposed has a word of an alternative's alone
    returns: bool = False  # whether the step goes back to what once was


def suspects(around: Surroundings) -> list[Suspect]:
    """The ways around a step that are not to be gone, the most relevant first."""
    holding = around.holding[:HOLDING]
    others = tuple(dict.fromkeys(text for hit in holding for text in chosen_texts(hit)))
    done = tuple(
        text for one in around.attempts if not one.is_reverted for text in way_of(one).texts
    )
    found: list[Suspect] = []
    if not around.intent.proposes:
        return found
    for hit in islice(_outdated(around), OUTDATED):
        instead = tuple(around.heirs[uid] for uid in hit.standing.current if uid in around.heirs)
        heirs = [text for heir in instead for text in chosen_texts(heir)]
        for way in outdated_ways(hit):
            beside = done if way.ground is Ground.REVERTED else ()
            found.append(
                Suspect(hit, way, instead, (*heirs, *instead_texts(hit)), (*others, *beside))
            )
    for hit in holding:
        found += [
            Suspect(hit, way, (hit,), chosen_texts(hit), others) for way in outdated_ways(hit)
        ]
    return found


def texts_of(around: Surroundings, found: Sequence[Suspect]) -> Iterator[str]:
    """Everything that has to be encoded to weigh them."""
    yield from (side for side in around.intent[:2] if side)
    if around.intent.leaves:
        for hit in around.holding[:HOLDING]:
            yield from chosen_texts(hit)
        yield from _ended_texts(around)
    for suspect in found:
        yield from chain(suspect.way.texts, suspect.heirs, suspect.others)


def weigh(
    intent: Intent, found: Sequence[Suspect], vectors: Vectors, rarity: Mapping[str, float]
) -> list[Weighed]:
    """The evidence for each suspect, in their order."""
    return [_weigh(intent, suspect, vectors, rarity) for suspect in found]


def taken_away(around: Surroundings, vectors: Vectors) -> list[Hit]:
    """The decisions in force that a step may be about to take away, the most relevant first.

    They are near what it leaves behind, and nearer to it than all that is outdated. What was
    tried and reverted does not count: there is nothing of it to take away.
    """
    leaves = around.intent.leaves
    if not leaves:
        return []
    outdated = list(_ended_texts(around))
    bar = max(TAKEN, cosine(leaves, nearest(leaves, outdated, vectors), vectors))
    return [
        hit
        for hit in around.holding[:HOLDING]
        if cosine(leaves, nearest(leaves, chosen_texts(hit), vectors), vectors) > bar
    ]


def _weigh(
    intent: Intent, suspect: Suspect, vectors: Vectors, rarity: Mapping[str, float]
) -> Weighed:
    proposes, way = intent.proposes, suspect.way
    rivals = (*suspect.heirs, *suspect.others)
    own, other = (nearest(proposes, some, vectors) for some in (way.texts, rivals))
    near, rival = (cosine(proposes, some, vectors) for some in (own, other))
    said = stems(proposes)
    words = own_words(said, stems(own), stems(other), rarity)
    return Weighed(
        suspect,
        ConflictEvidence(near, near - rival, words),
        left=cosine(intent.leaves, nearest(intent.leaves, way.texts, vectors), vectors),
        names_it=bool(said & stems(way.name) - _chosen_words(suspect)),
        returns=way.ground is not Ground.NOT_CHOSEN and is_return(proposes),
    )


def _ended_texts(around: Surroundings) -> Iterator[str]:
    ended = (hit for hit in around.hits if not binds(hit))
    for hit in islice(ended, OUTDATED):
        yield from chain(*(way.texts for way in outdated_ways(hit)))


def _chosen_words(suspect: Suspect) -> frozenset[str]:
    """The words of what a decision chose and is about, and of what else is in force around it."""
    details = suspect.hit.memory.revision.draft.details
    said = details.decision if isinstance(details, Decision) else ""
    return stems(" ".join((suspect.hit.memory.title, said, *suspect.heirs, *suspect.others)))


def _outdated(around: Surroundings) -> Iterator[Hit]:
    """What tells of a way that is not to be gone, the most relevant first, ties by uid."""
    ended = [hit for hit in around.hits if not binds(hit) and outdated_ways(hit)]
    undone = [attempt for attempt in around.attempts if attempt.is_reverted]
    yield from sorted([*ended, *undone], key=lambda hit: (-(hit.relevance or 0.0), hit.memory.uid))
