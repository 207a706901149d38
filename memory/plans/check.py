"""Checks a plan against what is known: what governs each step, and what speaks against it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.facts import MODEL
from memory.ledger.modules import module_names
from memory.metrics.measurement_series import read_tracks
from memory.models.plan import CheckedPlan, CheckedStep, Ground, Verdict
from memory.plans.conflict_scoring import binds, suspects, taken_away, texts_of, weigh
from memory.plans.findings import (
    conflict,
    flagged,
    governing,
    is_evidently_right,
    is_known,
    near,
    stale,
    taking,
)
from memory.plans.gather_context import look_around
from memory.plans.risks import read_risks
from memory.retrieval.calibration import load_likeness, model_name
from memory.texts.modules import modules_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.answer import Hit
    from memory.models.plan import Finding, Plan, Step
    from memory.models.selection import Lens
    from memory.plans.conflict_scoring import Surroundings, Suspect, Vectors, Weighed
    from memory.retrieval.calibration import Likeness
    from memory.retrieval.meaning import Meaning

#: Of the memories that a step conflicts with those are cited that are as near as the nearest, or
#: less so by this much; what is further is as a rule about something beside it.
MARGIN = 0.12
_ORDER = list(Ground)
_WORST = (Verdict.CONFLICT, Verdict.GOVERNED, Verdict.UNKNOWN, Verdict.OK)


class _Looked(NamedTuple):
    step: Step
    around: Surroundings
    found: list[Suspect]


def check(db: Database, plan: Plan, lens: Lens, *, meaning: Meaning) -> CheckedPlan:
    """What is known of each step of a plan, and whether it speaks against it.

    Args:
        db: An open ledger.
        plan: The steps.
        lens: From when to look.
        meaning: Encodes the steps and what they are compared with, all at once.
    """
    tracks = read_tracks(db, lens)
    surroundings, rarity = look_around(db, plan.steps, lens, meaning, tracks)
    looked = [
        _Looked(step, around, suspects(around))
        for step, around in zip(plan.steps, surroundings, strict=True)
    ]
    vectors, reason = _vectors(db, looked, meaning)
    risks = read_risks(db, lens, tracks)
    names = module_names(db)
    likeness = load_likeness()
    steps = []
    for number, one in enumerate(looked, start=1):
        modules = one.step.modules or modules_in(one.step.text, names)
        weighed = weigh(one.around.intent, one.found, vectors, rarity) if vectors else []
        at_risk = risks.of(one.step.text, modules)
        blocking = {finding.cited.uid for finding in at_risk if finding.ground is Ground.FLAG}
        taken = taken_away(one.around, vectors) if vectors else []
        found = _findings(one, weighed, taken, likeness)
        findings = [*(each for each in found if each.cited.uid not in blocking), *at_risk]
        steps.append(_checked(number, one, modules, findings))
    return CheckedPlan(
        verdict=worst(step.verdict for step in steps),
        steps=tuple(steps),
        complete=not reason,
        reason=reason,
    )


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some verdicts: a conflict, what is to be read, what nobody knows."""
    return min(verdicts, key=_WORST.index)


def _vectors(db: Database, looked: Sequence[_Looked], meaning: Meaning) -> tuple[Vectors, str]:
    """The embeddings of all that is compared; none, and why not, where they would tell nothing."""
    fitted = load_likeness().model
    embedded_by = model_name(db.facts.find(MODEL) or "")
    texts = list(dict.fromkeys(chain(*(texts_of(one.around, one.found) for one in looked))))
    rows = meaning.encode(texts) if meaning.is_ready and texts else None
    if rows is None and (texts or not meaning.is_ready):
        return {}, f"conflicts cannot be told without the model: {meaning.reason}"
    if embedded_by != fitted:
        return (
            {},
            f"conflicts were fitted on {fitted}, and this memory is embedded by another model",
        )
    return dict(zip(texts, () if rows is None else rows, strict=True)), meaning.gap


def _findings(
    one: _Looked, weighed: Sequence[Weighed], taken: Sequence[Hit], likeness: Likeness
) -> list[Finding]:
    """What speaks against a step, what governs it, and what is near it."""
    against: dict[str, Finding] = {}
    told = [(each, found) for each in weighed if (found := conflict(each, likeness))]
    best = max((each.evidence.near for each, _ in told), default=0.0)
    for each, found in told:
        if each.evidence.near < best - MARGIN:
            continue
        uid = each.suspect.hit.memory.uid
        if uid not in against or (found.likely or 0) > (against[uid].likely or 0):
            against[uid] = found
    known = [hit for hit in one.around.hits if is_known(hit, likeness)]
    tried = [hit for hit in one.around.attempts if hit.is_reverted and is_known(hit, likeness)]
    bound = [hit for hit in known if binds(hit)]
    at_stake = {hit.memory.uid for hit in taken} - against.keys()
    rules = [
        taking(hit) if hit.memory.uid in at_stake else governing(hit)
        for hit in (*taken, *(hit for hit in bound if hit not in taken))
        if hit.memory.uid not in against
    ]
    stales = [stale(hit) for hit in bound]
    flags = [flagged(hit) for hit in one.around.flags if is_known(hit, likeness)]
    beside = [near(hit, one.around) for hit in [*known, *tried] if hit.memory.uid not in against]
    return [
        *sorted(against.values(), key=lambda one: (-(one.likely or 0), one.cited.uid)),
        *(finding for finding in chain(rules, beside, flags, stales) if finding is not None),
    ]


def _checked(
    number: int, one: _Looked, modules: tuple[str, ...], findings: Sequence[Finding]
) -> CheckedStep:
    verdict, intent = Verdict.UNKNOWN, one.around.intent
    grounds = {finding.ground for finding in findings}
    if any(finding.conflicts for finding in findings):
        verdict = Verdict.CONFLICT
    elif Ground.TAKES not in grounds and is_evidently_right(one.around):
        verdict = Verdict.OK
    elif not intent.unclear and grounds & {Ground.GOVERNS, Ground.TAKES}:
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
