"""Proposes what could be merged, what contradicts, and what has had its day.

Precision comes before recall: two facts that are merely related must not retire one another.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memory.consolidation.pairing import sharing
from memory.learning.likeness import SHARED, Said, differ, likeness, opposed, shared
from memory.models.confidence import Rank
from memory.models.consolidation import Proposal, ProposalType
from memory.models.details import Lesson
from memory.models.flags import STILL_OPEN, flag_of
from memory.models.freshness import Verdict
from memory.models.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from memory.learning.likeness import Near
    from memory.models.answer import Listed

#: The cosine of two memories' stored embeddings, by uid; None where one has none.
Cosine: TypeAlias = "Callable[[str, str], float | None]"

SAME_MEANING = 0.9  # least cosine of two memories that say the same …
SAME_WORDS = 0.6  # … and least share of content words that they have in common
WORDS_ALONE = 0.9  # the same where there are no embeddings
SAME_SUBJECT = 0.7  # share of words of two titles that decide the same thing
LONG_PAST_DUE = timedelta(days=90)
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
#: What an entry is known by and when it was written, which is nothing that it says.
_MARKS = re.compile(r"<!--\s*archmem:.*?-->|^- \*\*Date:\*\* .*$", re.MULTILINE)
_MERGED = frozenset({Kind.LESSON, Kind.NOTE})


class Known(NamedTuple):
    """What proposals are made from."""

    memories: Sequence[Listed]  # with what bears on them, in the order of uids
    linked: frozenset[frozenset[str]]  # pairs of uids with a relation that settles them
    cosine: Cosine
    near: Near
    at: datetime


def propose(known: Known) -> tuple[Proposal, ...]:
    """Everything that could be tidied, no memory in two proposals; the surest merges first."""
    proposals: list[Proposal] = []
    taken: set[str] = set()
    for proposal in (*_merges(known), *_contradictions(known), *_retirements(known)):
        if not taken & {*proposal.uids}:
            taken |= {*proposal.uids}
            proposals.append(proposal)
    return tuple(proposals)


def _merges(known: Known) -> list[Proposal]:
    found = []
    for one, other in _pairs(known, _merged_as):
        why = _same(one, other, known.cosine)
        if why:
            stays, goes = sorted((one, other), key=_standing_of)
            reasons = (why, f"both are {_sort_of(one)}, with the same trust and status")
            said = (
                f"{goes.memory.uid} is superseded by {stays.memory.uid}, which keeps its evidence"
            )
            found.append(
                (_closeness(one, other, known.cosine), "merge", stays, goes, reasons, said)
            )
    found.sort(key=lambda each: (-each[0], each[2].memory.uid, each[3].memory.uid))
    return [
        _proposal("merge", (stays, goes), reasons, said)
        for _, _, stays, goes, reasons, said in found
    ]


def _merged_as(listed: Listed) -> tuple[str, ...] | None:
    """What two memories must have in common to be merged; None of what is never merged."""
    memory = listed.memory
    if memory.kind not in _MERGED or not listed.standing.in_force or memory.path is None:
        return None
    details = memory.revision.draft.details
    form = details.form if isinstance(details, Lesson) else getattr(details, "topic", "")
    owner = memory.revision.draft.agent or ""
    source = memory.revision.source
    return (str(memory.kind), form, source.trust, str(listed.standing.status), owner)


def _pairs(
    known: Known, group: Callable[[Listed], tuple[str, ...] | None]
) -> Iterator[tuple[Listed, Listed]]:
    """Pairs of a group that say nearly the same of the same modules and are not related yet."""
    groups: dict[tuple[str, ...], list[Listed]] = {}
    for listed in known.memories:
        if (name := group(listed)) is not None:
            groups.setdefault(name, []).append(listed)
    for members in groups.values():
        for one, other in _alike(members, _said, SAME_WORDS):
            if not _are_linked(known, one, other) and _same_place(one, other):
                yield one, other


def _alike(
    memories: Sequence[Listed], said: Callable[[Listed], str], least: float
) -> Iterator[tuple[Listed, Listed]]:
    """Every two that share so much of the words of what they say, in their order."""
    for one, other in sharing([said(listed) for listed in memories], least):
        yield memories[one], memories[other]


def _are_linked(known: Known, one: Listed, other: Listed) -> bool:
    return frozenset({one.memory.uid, other.memory.uid}) in known.linked


def _same_place(one: Listed, other: Listed) -> bool:
    ours, theirs = (set(each.memory.revision.draft.modules) for each in (one, other))
    return not ours or not theirs or bool(ours & theirs)


def _same(one: Listed, other: Listed, cosine: Cosine) -> str:
    """Why two memories are taken to say the same, in words; "" where they may not."""
    ours, theirs = one.memory, other.memory
    found = cosine(ours.uid, theirs.uid)
    if found is not None and found < SAME_MEANING:
        return ""
    if differ(ours.title, theirs.title) or _numbers(one) != _numbers(other):
        return ""
    share = shared(_said(one), _said(other))
    if found is None:
        return f"{share:.0%} of their words are the same" if share >= WORDS_ALONE else ""
    if share < SAME_WORDS:
        return ""
    return f"{found:.2f} alike by meaning, {share:.0%} of their words the same"


def _closeness(one: Listed, other: Listed, cosine: Cosine) -> float:
    return cosine(one.memory.uid, other.memory.uid) or shared(_said(one), _said(other))


def _said(listed: Listed) -> str:
    """What a memory says beyond its evidence and its labels."""
    draft = listed.memory.revision.draft
    if isinstance(draft.details, Lesson):
        lesson = draft.details
        parts = (draft.title, lesson.context, lesson.outcome, *lesson.issues, lesson.alternative)
        return "\n".join(part for part in parts if part)
    return f"{draft.title}\n{_MARKS.sub('', draft.body)}"


def _numbers(listed: Listed) -> frozenset[str]:
    """The numbers that a memory names: two facts that differ in one are two facts."""
    return frozenset(_NUMBER.findall(_said(listed)))


def _standing_of(listed: Listed) -> tuple[float, str, str]:
    """What stays of two that say the same comes first: more evidence, then earlier, then by uid."""
    details = listed.memory.revision.draft.details
    count = len(details.evidence_for) if isinstance(details, Lesson) else 0
    began = listed.memory.revision.draft.valid_from
    return -count, began.isoformat() if began else "9", listed.memory.uid


def _contradictions(known: Known) -> Iterator[Proposal]:
    lessons = [
        one
        for one in known.memories
        if one.standing.in_force and _form(one) in {"pattern", "antipattern"}
    ]
    for one, other in _alike(lessons, _title, SHARED):
        if _form(one) == _form(other) or _are_linked(known, one, other):
            continue
        because = likeness(_approach(one), _approach(other), known.near)
        if because:
            later = max((one, other), key=_age)
            earlier = one if later is other else other
            why = ("one says that it works, the other that it does not", because)
            yield _proposal("contradiction", (later, earlier), why, "the two are linked as such")
    yield from _opposed_decisions(known)


def _opposed_decisions(known: Known) -> Iterator[Proposal]:
    decisions = [
        one
        for one in known.memories
        if one.memory.kind is Kind.DECISION
        and one.standing.in_force
        and one.memory.revision.draft.modules
    ]
    for one, other in _alike(decisions, _title, SAME_SUBJECT):
        ours, theirs = one.memory, other.memory
        same_modules = set(ours.revision.draft.modules) == set(theirs.revision.draft.modules)
        if not same_modules or _are_linked(known, one, other):
            continue
        share = shared(ours.title, theirs.title)
        if opposed(ours.title, theirs.title):
            later = max((one, other), key=_age)
            earlier = one if later is other else other
            why = (
                f"both are in force, and {share:.0%} of their titles' words are the same",
                "the titles say the opposite of one another",
            )
            yield _proposal("contradiction", (later, earlier), why, "the two are linked as such")


def _retirements(known: Known) -> Iterator[Proposal]:
    for listed in known.memories:
        why, said = _over(listed, known.at)
        if why:
            yield _proposal("retirement", (listed,), (why,), said)


def _over(listed: Listed, at: datetime) -> tuple[str, str]:
    """Why a memory has had its day, and what it becomes; empty where it has not."""
    memory = listed.memory
    if memory.kind is Kind.FLAG and listed.standing.status in STILL_OPEN:
        due = flag_of(listed).due
        if due is not None and at - due > LONG_PAST_DUE:
            return f"it was due on {due:%Y-%m-%d}, {(at - due).days} days ago", "it expires"
    if not listed.standing.in_force or memory.path is None or memory.kind not in _MERGED:
        return "", ""
    confidence, freshness = listed.confidence, listed.freshness
    if confidence is not None and confidence.rank is Rank.RETIRED:
        return confidence.reason or "its evidence retired it", "it is deprecated"
    anchors = freshness.anchors if freshness is not None else ()
    if anchors and all(each.verdict is Verdict.GONE for each in anchors):
        names = ", ".join(each.name for each in anchors[:5])
        return f"everything that it names is gone: {names}", "it is deprecated"
    return "", ""


def _title(listed: Listed) -> str:
    return listed.memory.title


def _form(listed: Listed) -> str:
    details = listed.memory.revision.draft.details
    return details.form if isinstance(details, Lesson) else ""


def _approach(listed: Listed) -> Said:
    details = listed.memory.revision.draft.details
    return Said(listed.memory.title, details.context if isinstance(details, Lesson) else "")


def _age(listed: Listed) -> tuple[str, str]:
    began = listed.memory.revision.draft.valid_from
    return began.isoformat() if began else "", listed.memory.uid


def _sort_of(listed: Listed) -> str:
    form = _form(listed) or str(listed.memory.kind)
    return f"{form.replace('_', ' ')}s"


def _proposal(
    type_: ProposalType, memories: Iterable[Listed], reasons: tuple[str, ...], consequence: str
) -> Proposal:
    named = [one.memory for one in memories]
    said = "\0".join([type_, *(f"{one.uid} {one.revision.number}" for one in named)])
    digest = hashlib.blake2b(said.encode(), digest_size=5).digest()
    return Proposal(
        id=f"con-{base64.b32encode(digest).decode().lower()}",
        type=type_,
        uids=tuple(one.uid for one in named),
        titles=tuple(one.title for one in named),
        reasons=reasons,
        consequence=consequence,
    )
