"""Words for what bears on a step, each with the memory and the sentence that say so."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Kind, Status
from memory.models.assessment import AnchorVerdict as Fresh
from memory.models.details import Flag, Lesson
from memory.models.plan import Cited, Ground, StepFinding
from memory.models.series import Movement
from memory.plans.rules import binds, is_refuted
from memory.retrieval.calibration import load_relevance
from memory.texts.shortening import cut
from memory.texts.words import stems
from memory.views.memory_view import place, status_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.models.answer import Hit, Listed
    from memory.plans.gather_context import Surroundings
    from memory.plans.rules import JudgedRule, StepRule

_QUOTED = 160  # characters of a reason that are told
_AGAINST = {
    Ground.SUPERSEDED: "it proposes what was decided here, and is superseded",
    Ground.REJECTED: "it proposes what was rejected",
    Ground.DEPRECATED: "it proposes what was decided here, and is given up",
    Ground.REVERTED: "it proposes what was tried and reverted",
    Ground.ANTIPATTERN: "it proposes what was learned not to work",
    Ground.FORBIDDEN: "it proposes what this decision forbids",
    Ground.REPLACED: "it proposes what this decision replaced",
    Ground.NOT_CHOSEN: "it proposes what was considered here and not chosen",
    Ground.DECIDED: "it proposes another thing for what this decision chose one for",
    Ground.TAKEN: "it takes away what this decision demands",
}


def cite(listed: Listed, rule: StepRule | None = None) -> Cited:
    """A memory as it is cited: where its words stand, or the sentence that decides."""
    memory = listed.memory
    citation = getattr(listed, "citation", "") or memory.citation
    if rule is not None:
        citation = place(memory, rule.norm.lines) if rule.norm.lines else memory.citation
    return Cited(uid=memory.uid, title=memory.title, citation=citation)


def is_known(hit: Hit) -> bool:
    """Whether a memory is to the point; where nobody can say how likely, none is."""
    return hit.relevance is not None and hit.relevance >= load_relevance().answers


def findings_of(
    text: str,
    around: Surroundings,
    rules: Sequence[StepRule],
    broken: Sequence[JudgedRule],
    kept: Sequence[JudgedRule],
) -> Iterator[StepFinding]:
    """What speaks against a step, what it keeps to, what governs it, and what is near it."""
    told: set[str] = set()
    for judged, conflicts in chain(((one, True) for one in broken), ((one, False) for one in kept)):
        uid = judged.rule.hit.memory.uid
        if uid not in told:
            told.add(uid)
            yield _finding(judged, around, conflicts=conflicts)
    known = [hit for hit in around.hits if is_known(hit)]
    bound = [hit for hit in known if binds(hit)]
    yield from (_governing(text, hit, rules) for hit in bound if hit.memory.uid not in told)
    tried = [hit for hit in around.attempts if hit.is_reverted and is_known(hit)]
    for hit in [*known, *tried]:
        if hit.memory.uid not in told and (found := _near(hit, around)):
            yield found
    yield from (_flagged(hit) for hit in around.flags if is_known(hit))
    yield from (found for hit in bound if (found := stale(hit)))


def stale(hit: Hit) -> StepFinding | None:
    """That a decision rests on what has got worse, or is gone, since.

    What has got better is as a rule what the decision was for.
    """
    reasons = [
        f"premise changed: {premise.reason}"
        for premise in hit.premises
        if premise.movement is Movement.WORSE
    ]
    if hit.freshness is not None and hit.freshness.verdict in (Fresh.CHANGED, Fresh.GONE):
        worst = hit.freshness.anchors[:1]
        told = "".join(f": {anchor.name} {anchor.reason}" for anchor in worst)
        reasons.append(f"what it names is {hit.freshness.verdict}{told}")
    if not reasons:
        return None
    return StepFinding(ground=Ground.STALE, cited=cite(hit), reason="; ".join(reasons))


def _finding(judged: JudgedRule, around: Surroundings, *, conflicts: bool) -> StepFinding:
    rule, hit = judged.rule, judged.rule.hit
    instead = [around.heirs[uid] for uid in hit.standing.current if uid in around.heirs]
    return StepFinding(
        ground=judged.ground,
        cited=cite(hit, rule),
        conflicts=conflicts,
        likely=round(judged.likely, 4) if judged.likely is not None else None,
        reason=_against(judged) if conflicts else "it does what is decided here",
        sentence=rule.norm.sentence,
        instead=tuple(cite(one) for one in instead if one is not hit),
    )


def _against(judged: JudgedRule) -> str:
    said, hit = _AGAINST[judged.ground], judged.rule.hit
    details = hit.memory.revision.draft.details
    if isinstance(details, Lesson) and details.alternative:
        return f"{said}; what works: {_cut(details.alternative)}"
    why = getattr(hit, "revert_reason", "")
    return f"{said}: {_cut(why)}" if why else said


def _governing(text: str, hit: Hit, rules: Sequence[StepRule]) -> StepFinding:
    """A decision that nothing says has ended, with the sentence that says most of the same."""
    own = [rule for rule in rules if rule.hit.memory.uid == hit.memory.uid]
    said = stems(text)
    rule = max(own, key=lambda one: len(said & stems(one.norm.sentence)), default=None)
    stands = status_words(hit.memory.kind, hit.standing)
    is_stated = hit.standing.status is not Status.UNSTATED
    return StepFinding(
        ground=Ground.GOVERNS if is_stated else Ground.BEARS,
        cited=cite(hit, rule),
        reason=f"{stands}; {'keep to it' if is_stated else 'nobody says whether it holds'}",
        sentence=rule.norm.sentence if rule else "",
    )


def _near(hit: Hit, around: Surroundings) -> StepFinding | None:
    """A memory about the same that a step does not act against; decisions in force govern."""
    if binds(hit) or is_refuted(hit):
        return None
    if hit.memory.kind is Kind.LESSON:
        details = hit.memory.revision.draft.details
        form = details.form.replace("_", " ") if isinstance(details, Lesson) else "lesson"
        reason = f"{form}; not evident that the step proposes it" if form == "antipattern" else form
    else:
        reason = f"{hit.standing.status}; not evident that the step proposes it"
    instead = tuple(cite(around.heirs[uid]) for uid in hit.standing.current if uid in around.heirs)
    return StepFinding(ground=Ground.NEAR, cited=cite(hit), reason=reason, instead=instead)


def _flagged(hit: Hit) -> StepFinding:
    """An open flag about what a step does."""
    details = hit.memory.revision.draft.details
    action = details.suggested_action if isinstance(details, Flag) else ""
    reason = f"{hit.standing.status}{f'; it suggests: {_cut(action)}' if action else ''}"
    return StepFinding(ground=Ground.OPEN, cited=cite(hit), reason=reason)


def _cut(text: str) -> str:
    return cut(" ".join(text.split()), _QUOTED, len)
