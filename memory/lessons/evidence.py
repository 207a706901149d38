"""Gathers what bears on memories: how fresh they are, what moved under them, the evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from memory.kinds.vocabulary import Kind, LinkType
from memory.ledger.interface.kind_rows import metric_key
from memory.lessons.confidence import weigh
from memory.lessons.evidence_parser import (
    EvidenceStatement,
    comparable,
    contrary_facts,
    evidence_from,
    statements_in,
    weakened,
)
from memory.lessons.runs import details_of, finished_at, is_finished
from memory.metrics.measurement_series import Track, premises_of, read_tracks, rested_on
from memory.models.answer import Listed
from memory.models.memory import least

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from memory.ledger.interface.database import Database
    from memory.lessons.evidence_parser import ContraryFact
    from memory.models.assessment import Confidence, Freshness
    from memory.models.memory import Link, Memory
    from memory.models.selection import Lens

L = TypeVar("L", bound=Listed)

_SAYING = (LinkType.SUPPORTS, LinkType.CONTRADICTS)
_AGAINST = (LinkType.CONTRADICTS, LinkType.MISLED_BY)
_LEARNED_FROM = (LinkType.LEARNED_IN, LinkType.HELPED_BY)


class LessonSource(NamedTuple):
    """A memory that a lesson was learned from, and what led there."""

    memory: Memory
    how: LinkType
    of: str  # uid


def with_bearing(
    db: Database, lens: Lens, items: Sequence[L], tracks: Sequence[Track] | None = None
) -> tuple[L, ...]:
    """The same memories with what bears on them, as far as the lens shows it.

    `tracks` are all series, where somebody has read them.
    """
    if not items:
        return ()
    links, freshness = _bearing(db, lens, {item.memory.uid for item in items})
    premises = premises_of(db, lens, rested_on(links), tracks)
    lessons = {one.memory.uid: one.memory for one in items if one.memory.kind is Kind.LESSON}
    confidences = _confidences(db, lens, lessons, freshness, links)
    return tuple(
        item.model_copy(
            update={
                "freshness": freshness.get(item.memory.uid),
                "premises": premises.get(item.memory.uid, ()),
                "confidence": confidences.get(item.memory.uid),
            }
        )
        for item in items
    )


def fetch_confidences(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Confidence]:
    """How far these lessons are borne out, by uid; other memories have none.

    A lesson has the evidence of those that it merges too.
    """
    asked = _lessons(_shown(db, lens, uids))
    if not asked:
        return {}
    links, freshness = _bearing(db, lens, asked)
    return _confidences(db, lens, asked, freshness, links)


def _bearing(
    db: Database, lens: Lens, uids: Iterable[str]
) -> tuple[list[Link], dict[str, Freshness]]:
    return db.links.bearing(
        lens,
        uids,
        onward=(LinkType.MERGES, *_LEARNED_FROM),
        outward=(LinkType.RESTS_ON,),
        inward=_SAYING,
    )


def _confidences(
    db: Database,
    lens: Lens,
    asked: Mapping[str, Memory],
    freshness: Mapping[str, Freshness],
    links: Sequence[Link],
) -> dict[str, Confidence]:
    if not asked:
        return {}
    mergers, learned = _by_source(links, (LinkType.MERGES,)), _by_source(links, _LEARNED_FROM)
    merged = {uid: sorted(_reached(uid, mergers)) for uid in asked}
    members = {one for group in merged.values() for one in group}
    saying = [link for link in links if link.type in _SAYING and link.target in members]
    own = {one.origin for lesson in asked.values() for one in statements_in(lesson)}
    origins = {link.target for uid in asked for one in _reached(uid, learned)
               for link in learned.get(one, ())}  # fmt: skip
    known = _shown(
        db, lens, (members - asked.keys()) | {link.source for link in saying} | own | origins
    )
    lessons = {**asked, **_lessons({uid: known[uid] for uid in members & known.keys()})}
    runs = _finished(known)
    statements = _statements(lessons, saying, runs)
    named = {one.origin for said in statements.values() for one in said}
    runs |= _finished(_shown(db, lens, named - known.keys() - own))
    runs = {uid: runs[uid] for uid in sorted(named & runs.keys())}
    contrary = _contrary_facts(db, lens, runs)
    found = {}
    for uid, lesson in asked.items():
        said = [one for member in merged[uid] for one in statements.get(member, ())]
        evidence = weakened(evidence_from(said, runs, contrary), freshness.get(uid))
        sources = _sources_of(uid, learned, known)
        trusts = (source.memory.revision.trust for source in sources)
        found[uid] = weigh(evidence, least(lesson.revision.trust, trusts))
    return found


def fetch_sources(
    db: Database, lens: Lens, uids: Iterable[str]
) -> dict[str, tuple[LessonSource, ...]]:
    """What each of these lessons was learned from, by uid, the nearest first, ties by uid.

    It is the run in which it was learned, the memories that helped that run, what those were
    learned from if they are lessons themselves, and so on.
    """
    uids = list(uids)
    links = _by_source(_bearing(db, lens, uids)[0], _LEARNED_FROM)
    known = _shown(db, lens, {link.target for some in links.values() for link in some})
    return {uid: tuple(_sources_of(uid, links, known)) for uid in uids}


def fetch_runs_against(
    db: Database, lens: Lens, uids: Collection[str]
) -> dict[str, list[tuple[datetime, str]]]:
    """The finished runs that contradict these memories or were misled by them, oldest first.

    Each once, with when it ended; also those that only a lesson's own lines know of, if they
    say when.
    """
    links = db.links.fetch(lens, uids, types=_AGAINST)
    runs = _finished(_shown(db, lens, {link.source for link in links}))
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for link in links:
        if link.target in uids and link.source in runs:
            found[link.target][link.source] = finished_at(runs[link.source])
    for uid, confidence in fetch_confidences(db, lens, uids).items():
        for one in confidence.evidence:
            if one.kind == "run" and not one.speaks_for and one.at is not None:
                found[uid].setdefault(one.origin, one.at)
    return {uid: sorted((at, origin) for origin, at in some.items()) for uid, some in found.items()}


def _shown(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
    return db.memories.shown(lens, wanted) if (wanted := set(uids)) else {}


def _lessons(memories: Mapping[str, Memory]) -> dict[str, Memory]:
    return {uid: one for uid, one in memories.items() if one.kind is Kind.LESSON}


def _finished(memories: Mapping[str, Memory]) -> dict[str, Memory]:
    return {uid: one for uid, one in memories.items() if one.kind is Kind.RUN and is_finished(one)}


def _by_source(links: Iterable[Link], types: Sequence[LinkType]) -> dict[str, list[Link]]:
    found: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.type in types:
            found[link.source].append(link)
    return dict(found)


def _reached(uid: str, links: Mapping[str, list[Link]]) -> set[str]:
    """A memory and all that links lead to from there."""
    reached, ahead = {uid}, {uid}
    while ahead:
        ahead = {link.target for one in ahead for link in links.get(one, ())} - reached
        reached |= ahead
    return reached


def _sources_of(
    uid: str, links: Mapping[str, list[Link]], known: Mapping[str, Memory]
) -> Iterator[LessonSource]:
    seen, ahead = {uid}, [uid]
    while ahead:
        level = sorted(
            (link for one in ahead for link in links.get(one, ())),
            key=lambda link: (link.target, link.source),
        )
        ahead = []
        for link in level:
            if link.target not in seen and link.target in known:
                seen.add(link.target)
                ahead.append(link.target)
                yield LessonSource(known[link.target], link.type, link.source)


def _statements(
    lessons: Mapping[str, Memory], saying: Iterable[Link], runs: Mapping[str, Memory]
) -> dict[str, list[EvidenceStatement]]:
    """What the lessons' own lines say of them, and what runs do, by lesson.

    A lesson that supports or contradicts another is a claim, and no evidence.
    """
    said = {uid: list(statements_in(lesson)) for uid, lesson in lessons.items()}
    for link in saying:
        if link.target in lessons and link.source in runs:
            said[link.target].append(EvidenceStatement(link.source, link.type is LinkType.SUPPORTS))
    return said


def _contrary_facts(
    db: Database, lens: Lens, runs: Mapping[str, Memory]
) -> dict[str, tuple[ContraryFact, ...]]:
    """What speaks against the outcome that these runs tell, by uid."""
    details = {uid: details_of(run) for uid, run in runs.items()}
    commits = {commit for one in details.values() for commit in one.commits}
    undone = db.refactorings.undone(lens, commits) if commits else {}
    metrics = {measured.metric for one in details.values() for measured in comparable(one)}
    newest: dict[str, Track] = {}  # a run names no environment: of each metric the last measured
    for track in sorted(read_tracks(db, lens, metrics) if metrics else (), key=_age):
        newest[metric_key(track.newest.metric)] = track
    return {uid: tuple(contrary_facts(one, undone, newest)) for uid, one in details.items()}


def _age(track: Track) -> tuple[str, str]:
    newest = track.newest
    return newest.at.isoformat() if newest.at else "", newest.uid
