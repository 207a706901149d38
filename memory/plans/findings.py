"""Words for what bears on a step, each with the memory that says so."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Kind
from memory.models.assessment import AnchorVerdict as Fresh
from memory.models.assessment import Rank
from memory.models.details import Flag, Lesson
from memory.models.plan import Cited, Finding, Ground
from memory.models.series import Movement
from memory.plans.conflict_scoring import binds
from memory.plans.rejected_options import chosen_texts
from memory.texts.shortening import cut
from memory.texts.words import stems
from memory.views.memory_view import status_words

if TYPE_CHECKING:
    from memory.models.answer import Hit, Listed
    from memory.plans.conflict_scoring import Surroundings, Weighed
    from memory.retrieval.calibration import Likeness

#: A way with nothing beside it that holds is ahead of nothing, so that it has to be this near: of
#: the steps over the sample project that conflict none is less than 0.51 from what it proposes.
ALONE = 0.5
_QUOTED = 160  # characters of a reason that are told
_ENDED = {
    Ground.SUPERSEDED: "it proposes what was decided here, and is superseded",
    Ground.REJECTED: "it proposes what was rejected",
    Ground.DEPRECATED: "it proposes what was decided here, and is given up",
    Ground.REVERTED: "it proposes what was tried and reverted",
    Ground.ANTIPATTERN: "it proposes what was learned not to work",
}


def cite(listed: Listed) -> Cited:
    """A memory as it is cited."""
    memory = listed.memory
    citation = getattr(listed, "citation", "") or memory.citation
    return Cited(uid=memory.uid, title=memory.title, citation=citation)


def is_known(hit: Hit, likeness: Likeness) -> bool:
    """Whether a memory is to the point; where nobody can say how likely, none is."""
    return hit.relevance is not None and hit.relevance >= likeness.known


def conflict(weighed: Weighed, likeness: Likeness) -> Finding | None:
    """What a step proposes against what is known, if it evidently does."""
    suspect = weighed.suspect
    likely = likeness.of(weighed.evidence, returns=weighed.returns)
    is_left = weighed.left >= weighed.evidence.near  # what it is about to leave behind
    if not likely or likely < likeness.conflict or is_left or is_retired(suspect.hit):
        return None
    needs_nearness = suspect.is_alone or suspect.way.ground is Ground.NOT_CHOSEN
    if needs_nearness and weighed.evidence.near < ALONE:
        return None
    if suspect.way.ground is Ground.NOT_CHOSEN and not weighed.names_it:
        return None
    return Finding(
        ground=suspect.way.ground,
        cited=cite(suspect.hit),
        conflicts=True,
        likely=round(likely, 4),
        reason=_against(weighed),
        instead=tuple(cite(hit) for hit in suspect.instead if hit is not suspect.hit),
    )


def is_evidently_right(around: Surroundings) -> bool:
    """Whether a step evidently does what was decided, or takes away what ended.

    It proposes all that the title of a decision in force says, or three words and more of nothing
    else; or all that it leaves behind is in the title of something that ended and of nothing in
    force, and it proposes nothing, or nothing but what a decision in force chose. Words are those
    that carry meaning, two of a title at least.
    """
    intent = around.intent
    if intent.unclear:
        return False
    proposed, left = stems(intent.proposes), stems(intent.leaves)
    titles = [stems(hit.memory.title) for hit in around.holding]
    if not left:
        return any(
            len(title) > 1 and (title <= proposed or (title >= proposed and len(proposed) > 2))
            for title in titles
        )
    if proposed and not any(
        proposed <= title.union(*map(stems, chosen_texts(hit)))
        for title, hit in zip(titles, around.holding, strict=True)
    ):
        return False
    reverted = (one for one in around.attempts if one.is_reverted)
    ended = (hit for hit in around.hits if hit.standing.status in NO_LONGER_IN_FORCE)
    return any(left <= stems(hit.memory.title) for hit in chain(ended, reverted)) and not any(
        left <= title for title in titles
    )


def is_retired(listed: Listed) -> bool:
    """Whether a lesson has been refuted by what came later."""
    return listed.confidence is not None and listed.confidence.rank is Rank.RETIRED


def governing(hit: Hit) -> Finding:
    """A decision in force that a step is bound by."""
    return Finding(ground=Ground.GOVERNS, cited=cite(hit), reason=f"{_stands(hit)}; keep to it")


def taking(hit: Hit) -> Finding:
    """A decision in force that a step may be about to take away."""
    what = "what is in force" if _stands(hit) == "in force" else f"this ({_stands(hit)})"
    reason = f"it may take away {what}; nobody can tell from its words"
    return Finding(ground=Ground.TAKES, cited=cite(hit), reason=reason)


def near(hit: Hit, around: Surroundings) -> Finding | None:
    """A memory about the same that a step does not act against; decisions in force govern."""
    if binds(hit) or is_retired(hit):
        return None
    if hit.memory.kind is Kind.LESSON:
        details = hit.memory.revision.draft.details
        form = details.form.replace("_", " ") if isinstance(details, Lesson) else "lesson"
        reason = f"{form}; not evident that the step proposes it" if form == "antipattern" else form
    else:
        reason = f"{hit.standing.status}; not evident that the step proposes it"
    instead = tuple(cite(around.heirs[uid]) for uid in hit.standing.current if uid in around.heirs)
    return Finding(ground=Ground.NEAR, cited=cite(hit), reason=reason, instead=instead)


def flagged(hit: Hit) -> Finding:
    """An open flag about what a step does."""
    details = hit.memory.revision.draft.details
    action = details.suggested_action if isinstance(details, Flag) else ""
    reason = f"{hit.standing.status}{f'; it suggests: {_cut(action)}' if action else ''}"
    return Finding(ground=Ground.OPEN, cited=cite(hit), reason=reason)


def stale(hit: Hit) -> Finding | None:
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
    return Finding(ground=Ground.STALE, cited=cite(hit), reason="; ".join(reasons))


def _stands(hit: Hit) -> str:
    return status_words(hit.memory.kind, hit.standing)


def _against(weighed: Weighed) -> str:
    suspect = weighed.suspect
    if suspect.way.ground is Ground.NOT_CHOSEN:
        return f"it proposes “{suspect.way.name}”, which was considered here and not chosen"
    said = _ENDED[suspect.way.ground]
    details = suspect.hit.memory.revision.draft.details
    if isinstance(details, Lesson) and details.alternative:
        return f"{said}; what works: {_cut(details.alternative)}"
    why = getattr(suspect.hit, "revert_reason", "")
    return f"{said}: {_cut(why)}" if why else said


def _cut(text: str) -> str:
    return cut(" ".join(text.split()), _QUOTED, len)
