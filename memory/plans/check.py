"""Checks a plan against what is known: what governs each step, and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.project_modules import module_names
from memory.ledger.store_facts import MODEL
from memory.metrics.measurement_series import read_tracks
from memory.models.plan import CheckedPlan, CheckedStep, Ground, Verdict
from memory.plans.findings import findings_of
from memory.plans.gather_context import look_around
from memory.plans.import_checks import edge_findings
from memory.plans.judge import judge
from memory.plans.likeness import load_likeness
from memory.plans.nearest import break_of
from memory.plans.risks import read_risks
from memory.plans.rules import rules_around
from memory.plans.weigh import RuleReader, rarity, things
from memory.retrieval.calibration import model_name
from memory.texts.module_names import modules_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.code.checks.check import Check
    from memory.code.codebase import CodeBase
    from memory.ledger.interface.database import Database
    from memory.models.plan import Plan, Step, StepFinding
    from memory.models.selection import Lens
    from memory.plans.gather_context import Surroundings
    from memory.plans.judge import JudgedRule
    from memory.plans.likeness import Likeness
    from memory.plans.rules import StepRule
    from memory.retrieval.meaning import Meaning

_ORDER = list(Ground)
_WORST = (Verdict.CONFLICT, Verdict.GOVERNED, Verdict.UNKNOWN, Verdict.OK)


class RuledStep(NamedTuple):
    """A step, what is known around it, and the rules of that."""

    step: Step
    around: Surroundings
    rules: list[StepRule]


def check(
    db: Database,
    plan: Plan,
    lens: Lens,
    *,
    meaning: Meaning,
    code: CodeBase | None = None,
    checks: Sequence[Check] = (),
) -> CheckedPlan:
    """What is known of each step of a plan, and whether it speaks against it.

    Args:
        db: An open ledger.
        plan: The steps.
        lens: From when to look.
        meaning: Encodes the steps and what they are compared with, all at once.
        code: As it is; None where nobody reads it.
        checks: Of decisions, which a step may break.
    """
    tracks = read_tracks(db, lens)
    looked = [
        RuledStep(step, around, rules_around(around))
        for step, around in zip(
            plan.steps, look_around(db, plan.steps, lens, meaning, tracks), strict=True
        )
    ]
    reason = _reason(db, meaning)
    judged = [([], [])] * len(looked) if reason else _judged(db, looked, meaning)
    risks = read_risks(db, lens, tracks)
    names = module_names(db)
    steps = []
    for number, (one, (broken, kept)) in enumerate(zip(looked, judged, strict=True), start=1):
        modules = one.step.modules or modules_in(one.step.text, names)
        at_risk = risks.of(one.step.text, modules)
        blocking = {finding.cited.uid for finding in at_risk if finding.ground is Ground.FLAG}
        found = findings_of(one.step.text, one.around, one.rules, broken, kept)
        edges = list(edge_findings(code, checks, one.around.intent.proposes)) if code else []
        told = blocking | {each.cited.uid for each in edges}
        findings = [*edges, *(each for each in found if each.cited.uid not in told), *at_risk]
        steps.append(_checked(number, one, modules, findings))
    return CheckedPlan(
        verdict=worst(step.verdict for step in steps),
        steps=tuple(steps),
        complete=not (reason or meaning.gap),
        reason=reason or meaning.gap,
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts: a conflict, what is to be read, what nobody knows."""
    return min(verdicts, key=_WORST.index)


def _reason(db: Database, meaning: Meaning) -> str:
    """Why conflicts cannot be told; "" where they can."""
    if not meaning.is_ready:
        return f"conflicts cannot be told without the model: {meaning.reason}"
    fitted = load_likeness().model
    if model_name(db.facts.find(MODEL) or "") != fitted:
        return f"conflicts were fitted on {fitted}, and this memory is embedded by another model"
    return ""


def _judged(
    db: Database, looked: Sequence[RuledStep], meaning: Meaning
) -> list[tuple[list[JudgedRule], list[JudgedRule]]]:
    """What each step breaks and keeps; only what words do not decide is encoded, all at once."""
    said = {word for one in looked for word in things(one.step.text)}
    for one in looked:
        for rule in one.rules:
            said |= things(rule.wanted, rule.unwanted)
    counts, total = db.passages.count_words(said)
    reader, likeness = RuleReader(rarity(counts, total)), load_likeness()
    while True:
        judged = [weigh_step(one, reader, likeness) for one in looked]
        texts = sorted(reader.missing)
        rows = meaning.encode(texts) if texts else None
        if rows is None:
            return judged if not texts else [([], [])] * len(looked)
        reader.learn(dict(zip(texts, rows, strict=True)))


def weigh_step(
    one: RuledStep, reader: RuleReader, likeness: Likeness
) -> tuple[list[JudgedRule], list[JudgedRule]]:
    """What a step breaks and keeps: by single norms, else by all that the nearest decision says."""
    text, around = one.step.text, one.around
    broken, kept = judge(text, around.intent, one.rules, reader, likeness)
    if not (broken or kept):
        found = break_of(text, around.intent, around.hits, one.rules, reader)
        broken = [found] if found else []
    return broken, kept


def _checked(
    number: int, one: RuledStep, modules: tuple[str, ...], findings: Sequence[StepFinding]
) -> CheckedStep:
    verdict, intent = Verdict.UNKNOWN, one.around.intent
    grounds = {finding.ground for finding in findings}
    if any(finding.conflicts for finding in findings):
        verdict = Verdict.CONFLICT
    elif Ground.KEPT in grounds:
        verdict = Verdict.OK
    elif grounds & {Ground.GOVERNS, Ground.BEARS}:
        verdict = Verdict.GOVERNED
    return CheckedStep(
        number=number,
        step=one.step,
        modules=modules,
        proposes=intent.proposes,
        leaves=intent.leaves,
        unclear=intent.unclear,
        verdict=verdict,
        findings=tuple(
            sorted(findings, key=lambda one: (not one.conflicts, _ORDER.index(one.ground)))
        ),
    )
