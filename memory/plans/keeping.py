"""Whether a step evidently does what was decided, or takes away what is not to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.models.plan import Ground
from memory.plans.rules import JudgedRule, binds
from memory.plans.slots import chosen_in, slot_of
from memory.plans.weigh import share, things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.norms.sides import Intent
    from memory.plans.rules import StepRule
    from memory.plans.weigh import Rarity

#: Shares from where on something is evident, by 260 labelled steps over seven projects; what they
#: come to is what `benchmarks/plan_check.py` prints as called ok.
COVERED = 0.45  # of what is left behind, that the sentence speaks of
COVERS = 0.6  # of what is not to be, that is left behind
ALL = 0.9  # of what is left behind, that is not to be; of what is to be, that is proposed
SAID = 0.7  # of what is to be, that is proposed …
FOREIGN = 0.05  # … with so much beside it
DONE = 0.4  # of what is to be, that is proposed in the place of what is not to be
NEAREST = 5  # memories around a step, by relevance, whose demands are its matter


def kept_by(intent: Intent, rules: Sequence[StepRule], rare: Rarity) -> list[JudgedRule]:
    """The rules that a step keeps to, in their order.

    Args:
        intent: What it proposes and leaves behind; what is unclear is neither.
        rules: Of the memories around it, the most relevant first.
        rare: How rare words are.
    """
    order = list(dict.fromkeys(rule.hit.memory.uid for rule in rules))[:NEAREST]
    return [
        JudgedRule(rule, Ground.KEPT)
        for rule in rules
        if rule.hit.memory.uid in order
        and not intent.unclear
        and (removes(intent, rule, rare) or performs(intent, rule, rare, is_first=order[0]))
    ]


def removes(intent: Intent, rule: StepRule, rare: Rarity) -> bool:
    """Whether a step takes away what is not to be, and proposes nothing but what is to be."""
    if not intent.leaves or not rule.unwanted or rule.ground is Ground.NOT_CHOSEN:
        return False
    left, unwanted = things(intent.leaves), things(rule.unwanted) - things(rule.wanted)
    covers, covered = share(rare, left, unwanted), share(rare, unwanted, left)
    is_whole = covers >= COVERS or (covers >= DONE and covered >= ALL)
    if not is_whole or covered < COVERED:
        return False
    return (
        not intent.proposes
        or _says_wanted(intent, rule, rare) >= DONE
        or share(rare, things(rule.wanted), things(intent.proposes)) >= ALL
        or _foreign(intent, rule, rare) <= FOREIGN
    )


def performs(intent: Intent, rule: StepRule, rare: Rarity, *, is_first: str) -> bool:
    """Whether a step does what a decision in force demands, in its words and few others."""
    if not (intent.proposes and rule.wanted):
        return False
    if not binds(rule.hit) or rule.ground is not Ground.DECIDED:
        return False
    said = things(intent.proposes)
    is_said = _says_wanted(intent, rule, rare) >= SAID
    if is_said and not intent.leaves and _foreign(intent, rule, rare) <= FOREIGN:
        return True
    wanted = slot_of(rule.wanted)
    chosen = chosen_in(rule.wanted)
    return (
        rule.hit.memory.uid == is_first
        and bool(chosen)
        and wanted.is_use
        and share(rare, things(*chosen), things(wanted.thing)) >= DONE
        and things(*chosen) <= things(slot_of(intent.proposes).thing) & said
    )


def _says_wanted(intent: Intent, rule: StepRule, rare: Rarity) -> float:
    """Share of what is to be that a step proposes."""
    return share(rare, things(intent.proposes), things(rule.wanted) - things(rule.unwanted))


def _foreign(intent: Intent, rule: StepRule, rare: Rarity) -> float:
    """Share of what a step says that neither the sentence nor the title of a rule has."""
    said = things(intent.proposes, intent.leaves)
    return share(rare, said - things(rule.norm.sentence, rule.hit.memory.title), said)
