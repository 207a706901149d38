"""Judges a step by rules: what it evidently breaks, and what it evidently keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.models.plan import Ground
from memory.norms.sides import is_return
from memory.plans.rules import ENDED, binds
from memory.plans.slots import chosen_in, names_in, slot_of
from memory.plans.weigh import begins_with, leaves_a_rest, things

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.norms.sides import Intent
    from memory.plans.likeness import Likeness
    from memory.plans.rules import StepRule
    from memory.plans.weigh import RuleReader

#: Shares and cosines from where on something is evident, each the one that told 260 labelled steps
#: over seven projects best; `benchmarks/plan_check.py --labels` prints what they come to.
PURPOSE = 0.35  # of what another thing would be used for, that the decision speaks of …
TOPIC = 0.3  # … and the cosine of the step and its sentence, or …
ALL_PURPOSE = 0.7  # … the share by itself
COVERED = 0.45  # of what is left behind, that the sentence speaks of
COVERS = 0.6  # of what is not to be, that is left behind
PART, ALL = 0.3, 0.9  # of what is to be, that is left behind, and of that, that it speaks of
NEAR = 0.6  # cosine of what is left behind and what is to be
SAID = 0.7  # of what is to be, that is proposed …
FOREIGN = 0.05  # … with so much beside it
DONE = 0.4  # of what is to be, that is proposed in the place of what is not to be
OPPOSED = 0.4  # of a demand that is repeated beside the opposite of a word of it …
SAME = 0.5  # … and the cosine of the step and the sentence
#: By so much it has to be likelier where a part of a step is not understood, and may be less
#: likely where a step says that it goes back to what once was.
DOUBT = 0.15
NEAREST = 5  # memories around a step, by relevance, whose choices and deeds are its matter


class JudgedRule(NamedTuple):
    """A rule that a step breaks, or keeps."""

    rule: StepRule
    ground: Ground
    likely: float | None = None  # that it proposes what is not to be, 0 to 1; of that only


def judge(
    text: str, intent: Intent, rules: Sequence[StepRule], reader: RuleReader, likeness: Likeness
) -> tuple[list[JudgedRule], list[JudgedRule]]:
    """What a step breaks, the most evident first, and what it keeps, in the order of the rules.

    Args:
        text: Of the step.
        intent: What it proposes and leaves behind; what is unclear is neither.
        rules: Of the memories around it, the most relevant first.
        reader: Of steps and rules.
        likeness: How likely something is proposed.
    """
    order = list(dict.fromkeys(rule.hit.memory.uid for rule in rules))[:NEAREST]
    nearest = [rule for rule in rules if rule.hit.memory.uid in order]
    kept = [
        JudgedRule(rule, Ground.KEPT)
        for rule in nearest
        if removes(intent, rule, reader) or performs(intent, rule, reader, is_first=order[0])
    ]
    broken = []
    for rule in rules:
        evidence = reader.against(intent, rule)
        likely = likeness.of(evidence) if evidence else 0.0
        goes_back = rule.ground in ENDED and is_return(intent.proposes)
        if likely >= likeness.conflict + DOUBT * (bool(intent.unclear) - goes_back):
            broken.append(JudgedRule(rule, rule.ground, likely))
    first_kept = min((order.index(one.rule.hit.memory.uid) for one in kept), default=NEAREST)
    broken += [
        JudgedRule(rule, Ground.TAKEN)
        for rule in nearest
        if order.index(rule.hit.memory.uid) < first_kept and takes_away(intent, rule, reader)
    ]
    if not (kept or broken or intent.unclear):
        broken += [
            JudgedRule(rule, Ground.DECIDED)
            for rule in nearest
            if chooses_another(text, intent, rule, rules, reader)
            or says_opposite(text, intent, rule, reader)
        ]
    broken.sort(key=lambda one: -(one.likely or 0.0))
    return broken, [] if broken else kept


def takes_away(intent: Intent, rule: StepRule, reader: RuleReader) -> bool:
    """Whether a step leaves behind the very thing that a decision in force demands."""
    if not intent.leaves or not rule.wanted or leaves_a_rest(intent.leaves):
        return False
    if begins_with(rule.wanted, "merging"):
        return False
    if not binds(rule.hit) or rule.ground is Ground.NOT_CHOSEN:
        return False
    left, named = reader.left_wanted(intent, rule), names_in(intent.leaves)
    wanted = things(rule.wanted, rule.hit.memory.title) - things(rule.unwanted)
    is_whole = left.covers >= COVERS or (left.covers >= PART and left.covered >= ALL)
    says_it = reader.share(wanted, things(*named)) >= COVERS if named else is_whole
    return says_it and left.covered >= COVERED and reader.cosine(intent.leaves, rule.wanted) >= NEAR


def chooses_another(
    text: str, intent: Intent, rule: StepRule, rules: Sequence[StepRule], reader: RuleReader
) -> bool:
    """Whether a step would use another thing where a decision in force chose one."""
    if rule.ground is not Ground.DECIDED or not (rule.is_main and binds(rule.hit)):
        return False
    shared = reader.purpose_shared(intent, rule)
    if shared < PURPOSE:
        return False
    thing = things(slot_of(intent.proposes).thing)
    if any(thing <= things(one.wanted) for one in rules if binds(one.hit)):
        return False
    topic = max(reader.cosine(text, one) for one in (rule.norm.sentence, rule.hit.memory.title))
    return shared >= ALL_PURPOSE or topic >= TOPIC


def says_opposite(text: str, intent: Intent, rule: StepRule, reader: RuleReader) -> bool:
    """Whether a step is what a decision in force demands, but for a word that says the opposite."""
    if rule.ground is not Ground.DECIDED or not (rule.is_main and binds(rule.hit)):
        return False
    shared = reader.opposite_shared(intent, rule)
    return shared >= OPPOSED and reader.cosine(text, rule.norm.sentence) >= SAME


def removes(intent: Intent, rule: StepRule, reader: RuleReader) -> bool:
    """Whether a step takes away what is not to be, and proposes nothing but what is to be."""
    if not intent.leaves or not rule.unwanted or rule.ground is Ground.NOT_CHOSEN or intent.unclear:
        return False
    left = reader.left_unwanted(intent, rule)
    is_whole = left.covers >= COVERS or (left.covers >= DONE and left.covered >= ALL)
    if not is_whole or left.covered < COVERED:
        return False
    return (
        not intent.proposes
        or reader.says_wanted(intent, rule) >= DONE
        or reader.share(things(rule.wanted), things(intent.proposes)) >= ALL
        or reader.foreign(intent, rule) <= FOREIGN
    )


def performs(intent: Intent, rule: StepRule, reader: RuleReader, *, is_first: str) -> bool:
    """Whether a step does what a decision in force demands, in its words and few others."""
    if intent.unclear or not (intent.proposes and rule.wanted):
        return False
    if not binds(rule.hit) or rule.ground is not Ground.DECIDED:
        return False
    said = things(intent.proposes)
    is_said = reader.says_wanted(intent, rule) >= SAID
    if is_said and not intent.leaves and reader.foreign(intent, rule) <= FOREIGN:
        return True
    wanted = slot_of(rule.wanted)
    chosen = chosen_in(rule.wanted)
    return (
        rule.hit.memory.uid == is_first
        and bool(chosen)
        and wanted.is_use
        and reader.share(things(*chosen), things(wanted.thing)) >= DONE
        and things(*chosen) <= things(slot_of(intent.proposes).thing) & said
    )
