"""Whether a step breaks a decision, by all that the decision says; and which sentence decides."""

from __future__ import annotations

import re
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.kinds.vocabulary import Kind
from memory.models.norm import Demand, Norm
from memory.models.plan import Ground
from memory.norms.read import lines_in_file, norms_of
from memory.norms.stances import goes_back, stances_of, turns_against
from memory.plans.evidence import WORST, as_read, evidence_of, position_of, read
from memory.plans.rules import DEMANDED, GROUNDS, JudgedRule, StepRule
from memory.plans.slots import names_in
from memory.plans.weigh import share, things
from memory.retrieval.calibration import likelihood

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.models.answer import Hit
    from memory.norms.sides import Intent
    from memory.plans.evidence import BreakEvidence, Position
    from memory.plans.gather_context import Surroundings
    from memory.plans.weigh import Rarity


#: What is adopted in the stead of something counts by so much of its words, as what refuses it
#: decides.
INSTEAD = 0.5


_MEANS = re.compile(r"\s(?:with|through|via|using|into|by|in|as|under)\s", re.IGNORECASE)
UNLIKELY = 0.4  # that a step breaks something, up to where it may be ok
LINE = 5  # memories around a step, among which are those that the nearest came in the place of
CLOSE = 3  # memories around a step, by relevance, of which it may take one away


class _Broken(NamedTuple):
    likely: float
    position: Position
    evidence: BreakEvidence


class BreakWeights(BaseModel):
    """A logistic regression on `BreakEvidence`, and from where on it counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # how it was fitted is said there too
    bias: float
    weights: dict[str, float]  # by the fields of `BreakEvidence`
    conflict: float  # how likely a step has to break a decision to conflict

    def likely(self, evidence: BreakEvidence) -> float:
        """How likely a step breaks the decision, 0 to 1."""
        values = evidence._asdict()
        return likelihood(self.bias + sum(values[name] * by for name, by in self.weights.items()))


@cache
def load_weights() -> BreakWeights:
    """What `benchmarks/plan_check.py` wrote to `data/plan_check.json`."""
    text = (data_folder() / "plan_check.json").read_text(encoding="utf-8")
    return BreakWeights.model_validate_json(text)


def breaks_of(text: str, around: Surroundings, rare: Rarity) -> list[JudgedRule]:
    """What a step evidently breaks, each with the sentence that decides, the likeliest first.

    Its matter is the nearest memory, or what that came in the place of: of one line of decisions
    one is told. So are the nearest of what was tried or learned not to work.

    Args:
        text: Of the step.
        around: What is known around it.
        rare: How rare words are.
    """
    weights, found = load_weights(), []
    matters = [list(filter(None, map(position_of, hits))) for hits in _matters(around)]
    if not (around.intent.proposes or around.intent.leaves):
        over = [one for hit in around.hits[1:CLOSE] if (one := position_of(hit)) and one.is_over]
        if any(_may_be_gone(text, one) for one in chain(over, *matters)):
            return []
    for positions in matters:
        broken = [
            _Broken(likely, position, evidence)
            for position in positions
            if (hit := position.hit).relevance is not None and not _says_heir(text, hit, around)
            if (evidence := _weigh(text, around, position, rare, weights.conflict))
            and (likely := weights.likely(evidence)) >= weights.conflict
        ]
        if broken:
            told = _meant(broken)
            rule = _deciding(text, told.position.hit, around.intent, told.evidence, rare)
            found.append(JudgedRule(rule, rule.ground, told.likely))
    return sorted(found, key=lambda one: -(one.likely or 0.0))


def may_break(text: str, around: Surroundings, rare: Rarity) -> bool:
    """Whether a step is too likely to break what is nearest to it to be evidently ok."""
    position = position_of(around.hits[0]) if around.hits else None
    if position is None:
        return False
    evidence = _weigh(text, around, position, rare, UNLIKELY)
    return evidence is not None and load_weights().likely(evidence) > UNLIKELY


def _weigh(
    text: str, around: Surroundings, position: Position, rare: Rarity, least: float
) -> BreakEvidence | None:
    """The evidence that a step breaks something; None where no reading makes it as likely.

    Reading takes far more time than the words, and is left out where it cannot matter.
    """
    evidence = evidence_of(text, around.intent, position, rare, WORST)
    if load_weights().likely(evidence) < least:
        return None
    return as_read(evidence, read(text, position, rare))


def _matters(around: Surroundings) -> Iterator[Sequence[Hit]]:
    for nearest in around.hits[:1]:
        line = _ends(nearest)
        before = [hit for hit in around.hits[1:LINE] if hit.standing.current and line & _ends(hit)]
        yield [nearest, *before]
    yield [hit for hit in around.hits[1:] if hit.memory.kind is Kind.LESSON][:1]
    yield [one for one in around.attempts if one.is_reverted][:1]


def _ends(hit: Hit) -> set[str]:
    """What holds in the place of a memory: itself where nothing came."""
    return set(hit.standing.current) or {hit.memory.uid}


def _meant(broken: Sequence[_Broken]) -> _Broken:
    """The likeliest of a line; of those that are over the one that most of the step is from."""
    first = max(broken, key=lambda one: one.likely)
    if not first.position.is_over:
        return first
    return max(broken, key=lambda one: one.evidence.over_adopted + one.evidence.over_title)


def _says_heir(text: str, hit: Hit, around: Surroundings) -> bool:
    """Whether a step names what came in the place of what is over."""
    said, own = things(text), things(hit.memory.title)
    heirs = [around.heirs[uid].memory.title for uid in hit.standing.current if uid in around.heirs]
    names = [things(name) - own for heir in heirs for name in names_in(heir)]
    return any(name and name <= said for name in names)


def _may_be_gone(text: str, position: Position) -> bool:
    """Whether a verb that is not understood may say that a thing is to go: "send X packing".

    Beside that verb it says what the title names or what is not to be, and one word at most; and
    nothing by means of something.
    """
    if goes_back(text) or _MEANS.search(text):
        return False
    named = position.title.union(*position.unwanted, *position.options)
    return len(things(text.partition(" ")[2]) - named) <= 1


def _deciding(
    text: str, hit: Hit, intent: Intent, evidence: BreakEvidence, rare: Rarity
) -> StepRule:
    """The sentence that decides, as a rule, and why.

    Of what is over it is the one that says most of the step. Of what holds it is one that demands
    what the step leaves behind; or refuses what it proposes; or else what is adopted in its stead.
    """
    said, left = things(text), things(intent.leaves)
    takes = evidence.leaves_wanted > max(evidence.leaves_unwanted, evidence.says_unwanted)
    options = []
    for ground, about, norm in _sentences(hit):
        if takes and ground is Ground.DECIDED:
            options.append((share(rare, about, left), StepRule(hit, Ground.TAKEN, norm, "", "")))
        by = INSTEAD if ground is Ground.DECIDED else 1.0
        options.append((by * share(rare, about, said), StepRule(hit, ground, norm, "", "")))
    return max(options, key=lambda one: one[0])[1]


def _sentences(hit: Hit) -> Iterator[tuple[Ground, frozenset[str], Norm]]:
    """What a memory says for or against something, by what it means for a step."""
    memory, draft = hit.memory, hit.memory.revision.draft
    over = GROUNDS.get(hit.standing.status)
    if memory.kind is not Kind.DECISION:
        over = Ground.ANTIPATTERN if memory.kind is Kind.LESSON else Ground.REVERTED
    stances = stances_of(draft)
    title = Norm(demand=Demand.REQUIRES, sentence=memory.title)
    if over is None:
        for norm in norms_of(memory):
            if norm.unwanted:
                yield DEMANDED[norm.demand], things(norm.sentence), norm
        for option in stances.refused:
            for one in option.sentences:
                norm = Norm(
                    demand=Demand.CHOSE_OVER,
                    sentence=one.text,
                    lines=lines_in_file(memory, one.lines),
                )
                yield Ground.NOT_CHOSEN, things(option.name, one.text), norm
    yield over or Ground.DECIDED, things(memory.title), title
    for one in stances.adopted if memory.kind is Kind.DECISION else ():
        ground = Ground.FORBIDDEN if turns_against(one.text) else Ground.DECIDED
        norm = Norm(
            demand=Demand.REQUIRES, sentence=one.text, lines=lines_in_file(memory, one.lines)
        )
        yield over or ground, things(one.text), norm
