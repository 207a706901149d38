"""Proposes what could be merged, what contradicts, and what has had its day.

Precision comes before recall: two facts that are merely related must not retire one another.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, LinkType
from memory.lessons.evidence import with_bearing
from memory.lessons.similarity import (
    SHARED,
    Approach,
    TextSimilarity,
    differ,
    opposed,
    same_approach,
    shared,
    sharing,
)
from memory.models.assessment import AnchorVerdict, Rank
from memory.models.details import Lesson
from memory.models.flags import STILL_OPEN, flag_of
from memory.models.runs import Proposal, ProposalType
from memory.models.selection import EVERYTHING, NOW, Selection
from memory.standings import list_selected
from memory.texts.words import content_words, stem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.interface.database import Database
    from memory.lessons.similarity import Near
    from memory.models.answer import Listed
    from memory.retrieval.meaning import Meaning

#: The cosine of two memories' stored embeddings, by uid; None where one has none.
Cosine: TypeAlias = "Callable[[str, str], float | None]"

SAME_MEANING = 0.9  # least cosine of two memories that say the same …
SAME_WORDS = 0.6  # … and least share of content words that they have in common
WORDS_ALONE = 0.9  # the same where there are no embeddings
SAME_SUBJECT = 0.7  # share of words of two titles that decide the same thing
LONG_PAST_DUE = timedelta(days=90)
_NUMBER = re.compile(r"\d[\d.,]*\d|\d")
#: What an entry is known by and when it was written, which is nothing that it says.
_MARKS = re.compile(r"<!--\s*+archmem:(?:(?!<!--).)*?-->|^- \*\*Date:\*\* .*$", re.MULTILINE)
_TIDIED = tuple(kind for kind, spec in SPECS.items() if spec.is_tidied)
_SETTLING = (LinkType.SUPERSEDES, LinkType.AMENDS, LinkType.CONTRADICTS, LinkType.MERGES)


class ProposalInputs(NamedTuple):
    """What proposals are made from."""

    memories: Sequence[Listed]  # with what bears on them, in the order of uids
    linked: frozenset[frozenset[str]]  # pairs of uids with a relation that settles them
    cosine: Cosine
    near: Near
    at: datetime

    def are_linked(self, one: Listed, other: Listed) -> bool:
        """Whether a relation settles how the two stand to one another."""
        return frozenset({one.memory.uid, other.memory.uid}) in self.linked


def fetch_known(db: Database, meaning: Meaning, at: datetime) -> tuple[ProposalInputs, str]:
    """What is known that could be tidied, and what is missing to know it, in words."""
    listed = list_selected(db, Selection(kinds=_TIDIED))
    listed.sort(key=lambda one: one.memory.uid)
    linked = frozenset(
        frozenset({link.source, link.target}) for link in db.links.fetch(NOW, types=_SETTLING)
    )
    vector = _vectors(db, meaning, [one.memory.uid for one in listed])

    def cosine(one: str, other: str) -> float | None:
        ours, theirs = vector(one), vector(other)
        return None if ours is None or theirs is None else float(ours @ theirs)

    note = "" if meaning.neighbours else "memories were compared by their words only: no embeddings"
    return ProposalInputs(
        with_bearing(db, NOW, listed), linked, cosine, TextSimilarity(meaning), at
    ), note


def propose(known: ProposalInputs) -> tuple[Proposal, ...]:
    """Everything that could be tidied, no memory in two proposals; the surest merges first."""
    proposals: list[Proposal] = []
    taken: set[str] = set()
    for proposal in (*_merges(known), *_contradictions(known), *_retirements(known)):
        if not taken & {*proposal.uids}:
            taken |= {*proposal.uids}
            proposals.append(proposal)
    return tuple(proposals)


def _vectors(
    db: Database, meaning: Meaning, uids: Sequence[str]
) -> Callable[[str], NDArray[np.float32] | None]:
    """The mean of a memory's stored embeddings, by uid; None of one that has none."""
    neighbours = meaning.neighbours
    revisions = db.memories.selected_revisions(EVERYTHING, uids) if neighbours else {}
    hashes = db.passages.hashes_of(revisions.values())

    @cache
    def vector(uid: str) -> NDArray[np.float32] | None:
        keys = hashes.get(revisions.get(uid, 0), [])
        return neighbours.centroid(keys) if neighbours and keys else None

    return vector


def _merges(known: ProposalInputs) -> list[Proposal]:
    found = []
    for one, other in _mergeable_pairs(known):
        cosine = known.cosine(one.memory.uid, other.memory.uid)
        share = shared(_text(one), _text(other))
        if why := _why_same(one, other, cosine, share):
            stays, goes = sorted((one, other), key=_best_borne_out)
            reasons = (why, f"both are {_plural(one)}, with the same trust and status")
            said = (
                f"{goes.memory.uid} is superseded by {stays.memory.uid}, which keeps its evidence"
            )
            found.append((cosine or share, _proposal("merge", (stays, goes), reasons, said)))
    found.sort(key=lambda each: (-each[0], each[1].uids))
    return [proposal for _, proposal in found]


def _mergeable_pairs(known: ProposalInputs) -> Iterator[tuple[Listed, Listed]]:
    """Pairs of one group that say nearly the same of the same modules and are not related yet."""
    groups: dict[tuple[str, ...], list[Listed]] = {}
    for listed in known.memories:
        if (group := _merge_group(listed)) is not None:
            groups.setdefault(group, []).append(listed)
    for members in groups.values():
        for one, other in _alike(members, _text, SAME_WORDS):
            ours, theirs = _modules(one), _modules(other)
            is_same_place = not ours or not theirs or bool(ours & theirs)
            if is_same_place and not known.are_linked(one, other):
                yield one, other


def _merge_group(listed: Listed) -> tuple[str, ...] | None:
    """What two memories must have in common to be merged; None of what is never merged."""
    memory = listed.memory
    if not SPECS[memory.kind].is_merged or not listed.standing.in_force or memory.path is None:
        return None
    draft = memory.revision.draft
    form = _form(listed) or getattr(draft.details, "topic", "")
    trust, status = memory.revision.trust, listed.standing.status
    return (str(memory.kind), form, str(trust), str(status), draft.agent or "")


def _why_same(one: Listed, other: Listed, cosine: float | None, share: float) -> str:
    """Why two memories are taken to say the same, in words; "" where they may not."""
    if cosine is not None and cosine < SAME_MEANING:
        return ""
    if differ(one.memory.title, other.memory.title) or _numbers(one) != _numbers(other):
        return ""
    if cosine is None:
        return f"{share:.0%} of their words are the same" if share >= WORDS_ALONE else ""
    return f"{cosine:.2f} alike by meaning, {share:.0%} of their words the same"


def _text(listed: Listed) -> str:
    """What a memory says beyond its evidence and its labels."""
    draft = listed.memory.revision.draft
    if isinstance(draft.details, Lesson):
        lesson = draft.details
        parts = (draft.title, lesson.context, lesson.outcome, *lesson.issues, lesson.alternative)
        return "\n".join(part for part in parts if part)
    return f"{draft.title}\n{_MARKS.sub('', draft.body)}"


def _numbers(listed: Listed) -> frozenset[str]:
    """The numbers that a memory names: two facts that differ in one are two facts."""
    return frozenset(_NUMBER.findall(_text(listed)))


def _best_borne_out(listed: Listed) -> tuple[float, str, str]:
    """What stays of two that say the same comes first: more evidence, then earlier, then by uid."""
    details = listed.memory.revision.draft.details
    count = len(details.evidence_for) if isinstance(details, Lesson) else 0
    began, uid = _age(listed)
    return -count, began or "9", uid


def _contradictions(known: ProposalInputs) -> Iterator[Proposal]:
    in_force = [one for one in known.memories if one.standing.in_force]
    lessons = [one for one in in_force if _form(one) in {"pattern", "antipattern"}]
    for one, other in _alike(lessons, _title, SHARED):
        if _form(one) == _form(other) or known.are_linked(one, other):
            continue
        if because := same_approach(_approach(one), _approach(other), known.near):
            why = ("one says that it works, the other that it does not", because)
            yield _contradiction(one, other, why)
    decisions = [one for one in in_force if one.memory.kind is Kind.DECISION]
    for one, other in _of_one_title(decisions):
        if not known.are_linked(one, other):
            why = (
                "neither has ended, and both have one title",
                "the later one may be meant to replace it",
            )
            yield _contradiction(one, other, why)
    for one, other in _alike([one for one in decisions if _modules(one)], _title, SAME_SUBJECT):
        ours, theirs = _title(one), _title(other)
        if _modules(one) != _modules(other) or known.are_linked(one, other):
            continue
        if opposed(ours, theirs):
            words = f"{shared(ours, theirs):.0%} of their titles' words are the same"
            why = (
                f"neither has ended, and {words}",
                "the titles say the opposite of one another",
            )
            yield _contradiction(one, other, why)


def _of_one_title(decisions: Sequence[Listed]) -> Iterator[tuple[Listed, Listed]]:
    """Neighbours in age among those of one folder and modules whose titles have the same words."""
    groups: dict[tuple[object, ...], list[Listed]] = {}
    for one in sorted(decisions, key=_age):
        words = frozenset(map(stem, content_words(one.memory.title)))
        folder = (one.memory.path or "").rpartition("/")[0]
        groups.setdefault((folder, frozenset(_modules(one)), words), []).append(one)
    for group in groups.values():
        yield from pairwise(group)


def _contradiction(one: Listed, other: Listed, why: tuple[str, ...]) -> Proposal:
    earlier, later = sorted((one, other), key=_age)
    return _proposal("contradiction", (later, earlier), why, "the two are linked as such")


def _retirements(known: ProposalInputs) -> Iterator[Proposal]:
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
    if not listed.standing.in_force or memory.path is None or not SPECS[memory.kind].is_merged:
        return "", ""
    confidence, freshness = listed.confidence, listed.freshness
    if confidence is not None and confidence.rank is Rank.RETIRED:
        return confidence.reason or "its evidence retired it", "it is deprecated"
    anchors = freshness.anchors if freshness is not None else ()
    if anchors and all(each.verdict is AnchorVerdict.GONE for each in anchors):
        names = ", ".join(each.name for each in anchors[:5])
        return f"everything that it names is gone: {names}", "it is deprecated"
    return "", ""


def _alike(
    memories: Sequence[Listed], said: Callable[[Listed], str], least: float
) -> Iterator[tuple[Listed, Listed]]:
    """Every two that share so much of the words of what they say, in their order."""
    for one, other in sharing([said(listed) for listed in memories], least):
        yield memories[one], memories[other]


def _title(listed: Listed) -> str:
    return listed.memory.title


def _modules(listed: Listed) -> set[str]:
    return set(listed.memory.revision.draft.modules)


def _form(listed: Listed) -> str:
    details = listed.memory.revision.draft.details
    return details.form if isinstance(details, Lesson) else ""


def _approach(listed: Listed) -> Approach:
    details = listed.memory.revision.draft.details
    return Approach(listed.memory.title, details.context if isinstance(details, Lesson) else "")


def _age(listed: Listed) -> tuple[str, str]:
    began = listed.memory.revision.draft.valid_from
    return began.isoformat() if began else "", listed.memory.uid


def _plural(listed: Listed) -> str:
    return f"{(_form(listed) or str(listed.memory.kind)).replace('_', ' ')}s"


def _proposal(
    type_: ProposalType, memories: Sequence[Listed], reasons: tuple[str, ...], consequence: str
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
