"""Checks a plan against what is known: what governs each step, and what speaks against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.errors import ModelNotFound, ModelNotUsable
from memory.ledger.project_modules import module_names
from memory.metrics.measurement_series import read_tracks
from memory.models.plan import CheckedPlan, CheckedStep, Ground, Verdict
from memory.plans.breaking import breaks_of, may_break
from memory.plans.findings import findings_of
from memory.plans.gather_context import look_around
from memory.plans.import_checks import edge_findings
from memory.plans.keeping import kept_by
from memory.plans.risks import read_risks
from memory.plans.rules import RULED, rules_around
from memory.plans.weigh import rarity, things
from memory.retrieval.calibration import relevance_in
from memory.texts.module_names import modules_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.code.checks.check import Check
    from memory.code.codebase import CodeBase
    from memory.ledger.interface.database import Database
    from memory.models.plan import Plan, Step, StepFinding
    from memory.models.selection import Lens
    from memory.plans.gather_context import Surroundings
    from memory.plans.rules import JudgedRule, StepRule
    from memory.plans.weigh import Rarity
    from memory.retrieval.meaning import Meaning

    _Judged = tuple[list[JudgedRule], list[JudgedRule]]  # what a step breaks, and what it keeps

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
    judged, reason = _judged_or_why_not(db, looked, meaning)
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
    if relevance_in(db) is None:
        return "conflicts cannot be told: what is to the point was fitted on another model"
    return ""


def _judged_or_why_not(
    db: Database, looked: Sequence[RuledStep], meaning: Meaning
) -> tuple[list[_Judged], str]:
    """What each step breaks and keeps: nothing, and why, where that cannot be told."""
    reason = _reason(db, meaning)
    if not reason:
        try:
            return _judged(db, looked), ""
        except (ModelNotFound, ModelNotUsable) as error:  # the one that reads, which is built in
            reason = f"conflicts cannot be told: {error}"
    return [([], [])] * len(looked), reason


def _judged(db: Database, looked: Sequence[RuledStep]) -> list[_Judged]:
    """What each step breaks and keeps."""
    said = {word for one in looked for word in things(one.step.text)}
    for one in looked:
        for hit in (*one.around.hits[:RULED], *one.around.attempts):
            said |= things(hit.memory.title)
        for rule in one.rules:
            said |= things(rule.wanted, rule.unwanted)
    rare = rarity(*db.passages.count_words(said))
    return [judge_step(one, rare) for one in looked]


def judge_step(one: RuledStep, rare: Rarity) -> _Judged:
    """What a step breaks, and what it keeps; one that may break something keeps nothing."""
    broken = breaks_of(one.step.text, one.around, rare)
    kept = [] if broken else kept_by(one.around.intent, one.rules, rare)
    if kept and may_break(one.step.text, one.around, rare):
        kept = []
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
