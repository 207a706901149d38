"""What a step shares with a decision, by words, for its being broken or against it."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import Kind
from memory.models.details import Lesson
from memory.models.norm import Demand
from memory.norms.options import MOST_SAID
from memory.norms.read import norms_of
from memory.norms.stances import goes_back, stances_of
from memory.plans.excerpt import excerpt_of
from memory.plans.rules import GROUNDS, binds, still_teaches
from memory.plans.weigh import begins_with, leaves_a_rest, opposed, share, things
from memory.retrieval.calibration import log_odds
from memory.retrieval.embedding import PairChances, judge_pair

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.models.answer import Hit
    from memory.norms.options import ConsideredOption
    from memory.norms.sides import Intent
    from memory.plans.weigh import Rarity

SURE = 0.999  # no relevance counts for more
FARTHEST = 4.0  # log odds; no reading counts for more
#: A reading that speaks for a conflict as much as any can.
WORST = PairChances(keeps=0.0, neither=0.0, breaks=1.0)


class BreakEvidence(NamedTuple):
    """What a step shares with a decision; shares are 0 to 1, by the rarity of their words."""

    relevance: float  # log odds that the decision is to the point
    unwanted: float  # share of a thing that is not to be, that the step says
    says_unwanted: float  # share of the step that such a thing says
    ahead_unwanted: float  # … less what a sentence of what is to be says of it
    ahead_grounds: float  # … as a sentence on how it was until then says
    refused: float  # share of the step that only options say that were not chosen
    option: float  # share of the name of an option that was not chosen, that the step says
    opposite: float  # 1 where it says the opposite of a word of what is to be
    goes_back: float  # share of it that was so until then, where it says that it goes back to that
    changes: float  # 1 where it only changes a measure or version
    title: float  # share of the step that the title says
    proposes_title: float  # share of the title that it says of what is to be
    leaves_wanted: float  # share of what it leaves behind, that a sentence of what is to be says
    leaves_unwanted: float  # … that one of what is not to be says
    over_adopted: float  # of what is over: share of the step that it wanted …
    over_title: float  # … share of its title that the step says …
    over_strange: float  # … and of the step that it does not say at all
    reads_broken: float  # log odds that it is broken, by who reads both …
    reads_kept: float  # … and that it is kept


class Position(NamedTuple):
    """What a memory stands for, each part as the stems of its sentences."""

    hit: Hit
    is_over: bool  # whether what it wanted is not to be
    adopted: tuple[frozenset[str], ...]
    grounds: tuple[frozenset[str], ...]
    chosen: frozenset[str]  # what is said of the options that were chosen
    options: tuple[frozenset[str], ...]  # names of those that were not chosen
    refused: frozenset[str]  # what is said of them
    unwanted: tuple[frozenset[str], ...]
    wanted: frozenset[str]
    title: frozenset[str]
    whole: frozenset[str]
    leading: str  # what is to be, in few words


def position_of(hit: Hit) -> Position | None:
    """What a memory stands for; None of what no step breaks, as a proposal or good advice."""
    memory, draft = hit.memory, hit.memory.revision.draft
    details = draft.details
    is_over = hit.standing.status in GROUNDS
    if isinstance(details, Lesson):
        is_over = details.form == "antipattern" and still_teaches(hit)
    if memory.kind is not Kind.DECISION and not is_over:
        return None
    if not (is_over or binds(hit)):
        return None
    stances, norms = stances_of(draft), norms_of(memory)
    if memory.kind is not Kind.DECISION:
        norms = ()
    title = things(draft.title)
    ends = stances.ends and memory.kind is Kind.DECISION
    told = [one.text for one in stances.adopted] if memory.kind is Kind.DECISION else []
    adopted = [*([] if ends else [draft.title]), *told]
    return Position(
        hit=hit,
        is_over=is_over,
        adopted=_each(chain(adopted, (one.name for one in stances.chosen))),
        grounds=_each(one.text for one in stances.grounds),
        chosen=_of_options(stances.chosen),
        options=_each(one.name for one in stances.refused),
        refused=_of_options(stances.refused),
        unwanted=_each(
            chain(
                (
                    one.unwanted
                    for one in norms
                    if one.unwanted and one.demand is not Demand.CHOSE_OVER
                ),
                [draft.title] * ends,
            )
        ),
        wanted=things(*(one.wanted for one in norms)),
        title=title,
        whole=things(draft.title, draft.body),
        leading=". ".join((draft.title, *adopted[1:3])),
    )


def _of_options(options: Iterable[ConsideredOption]) -> frozenset[str]:
    """The stems of their names and of what is said of them first."""
    return frozenset().union(
        *(
            things(text)
            for option in options
            for text in (option.name, *(one.text for one in option.sentences[:MOST_SAID]))
        )
    )


def _each(texts: Iterable[str]) -> tuple[frozenset[str], ...]:
    return tuple(found for text in texts if (found := things(text)))


def read(text: str, position: Position, rare: Rarity) -> PairChances:
    """What a step is to what a memory says, by a model that reads both."""
    return judge_pair(excerpt_of(text, position, rare), text.rstrip(". \n"))


def evidence_of(
    text: str, intent: Intent, position: Position, rare: Rarity, reading: PairChances
) -> BreakEvidence:
    """What a step shares with what a memory stands for.

    Args:
        text: Of the step.
        intent: What it proposes and leaves behind.
        position: Of the memory; its hit has a relevance.
        rare: How rare words are.
        reading: What `read` says of both.
    """
    said = things(text)
    left = frozenset() if leaves_a_rest(intent.leaves) else things(intent.leaves)
    done = said - left
    relevance = min(max(position.hit.relevance or 0.0, 1 - SURE), SURE)
    wanted = position.wanted.union(*position.adopted)
    to_be = wanted | position.title | position.chosen

    def most(of: frozenset[str], texts: Iterable[frozenset[str]]) -> float:
        return max((share(rare, one, of) for one in texts), default=0.0)

    unwanted, adopted = most(done, position.unwanted), most(done, position.adopted)
    former = (
        wanted
        if position.is_over
        else position.refused.union(*position.unwanted, *position.grounds)
    )
    return BreakEvidence(
        relevance=math.log(relevance / (1 - relevance)),
        unwanted=max(
            (share(rare, done, one - position.wanted) for one in position.unwanted), default=0.0
        ),
        says_unwanted=unwanted,
        ahead_unwanted=unwanted - adopted if position.unwanted else 0.0,
        ahead_grounds=most(done, position.grounds) - adopted if position.grounds else 0.0,
        refused=share(rare, position.refused.union(*position.unwanted) - to_be, done),
        option=max((share(rare, done, one - to_be) for one in position.options), default=0.0),
        opposite=float(bool(opposed(text, position.leading))),
        goes_back=goes_back(text) * share(rare, former, done),
        changes=float(begins_with(text, "changing")),
        title=share(rare, position.title, done),
        proposes_title=share(rare, things(intent.proposes), position.title),
        leaves_wanted=most(left, () if position.is_over else position.adopted),
        leaves_unwanted=most(left, position.adopted if position.is_over else position.unwanted),
        over_adopted=position.is_over * share(rare, wanted, done),
        over_title=position.is_over * share(rare, done, position.title),
        over_strange=position.is_over * share(rare, done - position.whole, done),
        reads_broken=_odds(reading.breaks),
        reads_kept=_odds(reading.keeps),
    )


def as_read(evidence: BreakEvidence, reading: PairChances) -> BreakEvidence:
    """The same words with another reading."""
    return evidence._replace(reads_broken=_odds(reading.breaks), reads_kept=_odds(reading.keeps))


def _odds(likely: float) -> float:
    return max(-FARTHEST, min(FARTHEST, log_odds(likely)))
