"""Judges a step by all that the decision nearest to it says.

Where no single norm is evidently broken or kept, its sentences and norms may tell together: a
logistic regression on what a step shares with what the decision adopts, and with what it refuses.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.kinds.vocabulary import Kind
from memory.models.norm import Demand, Norm
from memory.models.plan import Ground
from memory.norms.read import lines_in_file
from memory.norms.sides import Intent
from memory.norms.stances import goes_back, stances_of
from memory.plans.judge import JudgedRule
from memory.plans.rules import GROUNDS, StepRule, binds
from memory.plans.weigh import begins_with, opposed, things
from memory.retrieval.calibration import likelihood

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.models.answer import Hit
    from memory.plans.weigh import RuleReader

EARLIEST, MAIN = 6, 3  # norms of a memory that say what it is about, and what it is for
SURE = 0.999  # no relevance counts for more


class SharedWithDecision(NamedTuple):
    """What a step shares with the decision nearest to it; shares are 0 to 1, by rarity."""

    relevance: float  # log odds that the decision is to the point
    adopted: float  # share of the step that one sentence of what is to be says
    refused: float  # … that one norm says is not to be; 0 where it leaves anything
    ended: float  # … that its title says, if it is over; 0 where it leaves anything
    opposite: float  # … that what it adopts says, if the step says the opposite of a word of it
    goes_back: float  # 1 where the step says it goes back to what was, or stays with it
    repeats: float  # share of the step that one of its norms demands
    leaves_refused: float  # share of what the step leaves that its norms say is not to be
    leaves_wanted: float  # … that they demand
    leaves_against: float  # … that a sentence against something names


class NearestWeights(BaseModel):
    """The regression, and from where on it counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    bias: float
    weights: dict[str, float]  # by the fields of `SharedWithDecision`
    conflict: float  # how likely a step has to break the decision to conflict

    def likely(self, shared: SharedWithDecision) -> float:
        """How likely a step breaks the decision, 0 to 1."""
        values = shared._asdict()
        return likelihood(self.bias + sum(values[name] * by for name, by in self.weights.items()))


@cache
def load_weights() -> NearestWeights:
    """What `benchmarks/plan_check.py` wrote to `data/plan_check.json` for the nearest decision."""
    text = (data_folder() / "plan_check.json").read_text(encoding="utf-8")
    return _File.model_validate_json(text).nearest


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    nearest: NearestWeights


def break_of(
    text: str, intent: Intent, hits: Sequence[Hit], rules: Sequence[StepRule], reader: RuleReader
) -> JudgedRule | None:
    """The sentence of the nearest decision that a step breaks, by all that the decision says.

    None where that is not likely, and where a step that does the opposite would break it as well:
    then only its subject is known.

    Args:
        text: Of the step.
        intent: What it proposes and leaves behind.
        hits: The memories around it, the most relevant first.
        rules: Theirs.
        reader: Of steps and rules.
    """
    both, weights = shared_both_ways(text, intent, hits, rules, reader), load_weights()
    if both is None:
        return None
    likely, opposite = map(weights.likely, both)
    if not likely >= weights.conflict > opposite:
        return None
    own = [rule for rule in rules if rule.hit is hits[0]]
    return JudgedRule(*_deciding(text, hits[0], own, reader), likely)


def shared_both_ways(
    text: str, intent: Intent, hits: Sequence[Hit], rules: Sequence[StepRule], reader: RuleReader
) -> tuple[SharedWithDecision, SharedWithDecision] | None:
    """What a step shares with the nearest decision, and one that does the opposite would.

    None where that is no decision that holds or is over, as a proposal is neither; where the step
    changes a measure or version only; and where it names what came in the place of what is over.
    """
    if not hits or not _is_judged(hits[0]) or begins_with(text, "changing"):
        return None
    hit = hits[0]
    own = [rule for rule in rules if rule.hit is hit]
    if not binds(hit) and any(reader.says_chosen(intent, rule) for rule in own):
        return None
    other = Intent(intent.leaves, intent.proposes or intent.unclear)
    return _shared(text, intent, hit, own, reader), _shared(text, other, hit, own, reader)


def _is_judged(hit: Hit) -> bool:
    if hit.memory.kind is not Kind.DECISION or hit.relevance is None:
        return False
    return hit.standing.in_force or hit.standing.status in GROUNDS


def _shared(
    text: str, intent: Intent, hit: Hit, rules: Sequence[StepRule], reader: RuleReader
) -> SharedWithDecision:
    """What a step shares with a decision, of which some rules are given."""
    stances = stances_of(hit.memory.revision.draft)
    relevance = min(max(hit.relevance or 0.0, 1 - SURE), SURE)
    said, left, title = _things(text), _things(intent.leaves), hit.memory.title
    adopted = [one.text for one in stances.adopted]
    unwanted = [_things(rule.unwanted) - _things(rule.wanted) for rule in rules if rule.unwanted]
    wanted = [_things(rule.wanted) for rule in rules if rule.wanted]

    def most(of: frozenset[str], texts: Iterable[frozenset[str]]) -> float:
        return max((reader.share(one, of) for one in texts), default=0.0)

    to_adopted, to_title = most(said, map(_things, adopted)), most(said, [_things(title)])
    is_opposed = bool(opposed(intent.proposes, f"{title}. {' '.join(adopted[1:2])}"))
    return SharedWithDecision(
        relevance=math.log(relevance / (1 - relevance)),
        adopted=to_adopted,
        refused=0.0 if left else most(said, unwanted),
        ended=0.0 if left or hit.standing.in_force else to_title,
        opposite=is_opposed * max(to_adopted, to_title),
        goes_back=float(bool(intent.proposes or intent.unclear) and goes_back(text)),
        repeats=most(said, wanted[:EARLIEST]),
        leaves_refused=most(left, unwanted),
        leaves_wanted=reader.share(frozenset().union(*wanted[:MAIN]), left),
        leaves_against=most(left, (_things(one.text) for one in stances.against)),
    )


def _deciding(
    text: str, hit: Hit, rules: Sequence[StepRule], reader: RuleReader
) -> tuple[StepRule, Ground]:
    """The rule that decides, and why: of what is over or refused, the one that says most of a step.

    Where the decision refuses nothing of it, it is what the decision adopts in its stead.
    """
    stances, said = stances_of(hit.memory.revision.draft), _things(text)
    ended = None if hit.standing.in_force else GROUNDS[hit.standing.status]
    options = [(_things(rule.unwanted), rule) for rule in rules if rule.unwanted]
    for some, demand, ground in (
        (stances.against, Demand.FORBIDS, Ground.FORBIDDEN),
        (stances.adopted, Demand.REQUIRES, Ground.DECIDED),
    ):
        for one in some:
            norm = Norm(
                demand=demand, sentence=one.text, lines=lines_in_file(hit.memory, one.lines)
            )
            options.append((_things(one.text), StepRule(hit, ended or ground, norm, "", "")))
    _, rule = max(options, key=lambda one: reader.share(one[0], said))
    return rule, rule.ground


@lru_cache(maxsize=16_384)
def _things(text: str) -> frozenset[str]:
    return things(text)
