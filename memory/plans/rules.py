"""The rules that a step is held against: what is to be, what is not, and which sentence says so."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Kind, Status
from memory.models.assessment import Rank
from memory.models.norm import Demand, Norm
from memory.models.plan import Ground
from memory.norms.read import norms_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.models.answer import Hit, Listed
    from memory.plans.gather_context import Surroundings

RULED = 12  # memories around a step whose rules are looked at, the most relevant
MAIN = 2  # rules of one memory that are what it decided; the others go into detail
PER_MEMORY = 12  # rules of one memory
#: What ended, by its status.
GROUNDS = {
    Status.SUPERSEDED: Ground.SUPERSEDED,
    Status.REJECTED: Ground.REJECTED,
    Status.DEPRECATED: Ground.DEPRECATED,
    Status.WITHDRAWN: Ground.DEPRECATED,
    Status.REVERTED: Ground.REVERTED,
}
ENDED = frozenset(GROUNDS.values())
#: What speaks against a step that does otherwise, by what a decision in force demands.
DEMANDED = {
    Demand.REQUIRES: Ground.DECIDED,
    Demand.FORBIDS: Ground.FORBIDDEN,
    Demand.REPLACES: Ground.REPLACED,
    Demand.CHOSE_OVER: Ground.NOT_CHOSEN,
}


class StepRule(NamedTuple):
    """What one sentence of a memory says of a way of doing something."""

    hit: Hit
    ground: Ground
    norm: Norm
    wanted: str  # what is to be; "" where nobody says
    unwanted: str  # what is not to be; "" where nobody says
    is_main: bool = False  # whether its memory's title says so, or the first sentence that decides


class JudgedRule(NamedTuple):
    """A rule that a step breaks, or keeps."""

    rule: StepRule
    ground: Ground
    likely: float | None = None  # that the step breaks it, 0 to 1; of that only


def binds(listed: Listed) -> bool:
    """Whether it is a decision in force."""
    return listed.memory.kind is Kind.DECISION and listed.standing.in_force


def is_refuted(listed: Listed) -> bool:
    """Whether a lesson has been refuted by what came later."""
    return listed.confidence is not None and listed.confidence.rank is Rank.RETIRED


def still_teaches(listed: Listed) -> bool:
    """Whether it is a lesson that nobody ended and nothing refuted."""
    is_lesson = listed.memory.kind is Kind.LESSON
    return is_lesson and listed.standing.status not in NO_LONGER_IN_FORCE and not is_refuted(listed)


def rules_around(around: Surroundings) -> list[StepRule]:
    """The rules around a step, those of the most relevant memories first."""
    tried = (one for one in around.attempts if one.is_reverted)
    looked = chain(around.hits[:RULED], tried)
    return [rule for hit in looked for rule in rules_of(hit, around.heirs)]


def rules_of(hit: Hit, heirs: Mapping[str, Hit]) -> Iterator[StepRule]:
    """The rules of a memory: of one in force as it says them, of one that ended turned round.

    Args:
        hit: A decision, lesson or refactoring.
        heirs: What is in force in the place of memories that are not, by uid.
    """
    kind, status = hit.memory.kind, hit.standing.status
    if kind is Kind.REFACTORING:
        title = hit.memory.title
        norm = Norm(demand=Demand.FORBIDS, unwanted=title, sentence=title)
        yield StepRule(hit, Ground.REVERTED, norm, "", title)
        return
    norms = islice(norms_of(hit.memory), PER_MEMORY)
    if binds(hit) or still_teaches(hit):
        for place, norm in enumerate(norms):
            ground = DEMANDED[norm.demand]
            if kind is Kind.LESSON:
                ground = Ground.ANTIPATTERN
            yield StepRule(hit, ground, norm, norm.wanted, norm.unwanted, is_main=place < MAIN)
    elif ended := GROUNDS.get(status):
        instead = " ".join(heirs[uid].memory.title for uid in hit.standing.current if uid in heirs)
        for norm in norms:
            if norm.demand is Demand.CHOSE_OVER:
                continue
            refused = norm.wanted or (norm.unwanted if ended is Ground.REJECTED else "")
            if refused:
                yield StepRule(hit, ended, norm, instead, refused)
