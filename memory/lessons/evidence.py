"""Gathers what bears on memories: how fresh they are, what moved under them, the evidence."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from memory.kinds.vocabulary import Kind, LinkType
from memory.ledger.interface.kind_rows import metric_key
from memory.lessons.confidence import weigh
from memory.lessons.evidence_parser import (
    Statement,
    comparable,
    contrary_facts,
    evidence_from,
    statements_in,
    weakened,
)
from memory.lessons.runs import details_of, finished_at, is_finished
from memory.metrics.measurement_series import Track, fetch_premises, read_tracks
from memory.models.answer import Listed
from memory.models.memory import least
from memory.models.selection import Selection

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
_ROUNDS = 10  # the longest chain of sources or of mergers that is followed


class LessonSource(NamedTuple):
    """A memory that a lesson was learned from, and what led there."""

    memory: Memory
    how: LinkType
    of: str  # uid


def with_bearing(db: Database, lens: Lens, items: Sequence[L]) -> tuple[L, ...]:
    """The same memories with what bears on them, as far as the lens shows it."""
    uids = [item.memory.uid for item in items]
    freshness = db.anchors.freshness(lens, uids)
    premises = fetch_premises(db, lens, uids)
    lessons = {one.memory.uid: one.memory for one in items if one.memory.kind is Kind.LESSON}
    confidences = _confidences(db, lens, lessons, freshness)
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
    asked = _memories_seen(db, lens, uids, Kind.LESSON)
    return _confidences(db, lens, asked, db.anchors.freshness(lens, asked) if asked else {})


def _confidences(
    db: Database, lens: Lens, asked: Mapping[str, Memory], freshness: Mapping[str, Freshness]
) -> dict[str, Confidence]:
    if not asked:
        return {}
    mergers = _links_onward(db, lens, asked, (LinkType.MERGES,))
    merged = {uid: sorted(_reached(uid, mergers)) for uid in asked}
    absorbed = {one for group in merged.values() for one in group} - asked.keys()
    statements = _statements(db, lens, {**asked} | _memories_seen(db, lens, absorbed, Kind.LESSON))
    origins = {one.origin for said in statements.values() for one in said}
    runs = _finished_runs(db, lens, origins)
    contrary = _contrary_facts(db, lens, runs)
    sources = fetch_sources(db, lens, asked)
    found = {}
    for uid, lesson in asked.items():
        said = [one for member in merged[uid] for one in statements.get(member, ())]
        evidence = weakened(evidence_from(said, runs, contrary), freshness.get(uid))
        trusts = (source.memory.revision.source.trust for source in sources[uid])
        found[uid] = weigh(evidence, least(lesson.revision.source.trust, trusts))
    return found


def fetch_sources(
    db: Database, lens: Lens, uids: Iterable[str]
) -> dict[str, tuple[LessonSource, ...]]:
    """What each of these lessons was learned from, by uid, the nearest first, ties by uid.

    It is the run in which it was learned, the memories that helped that run, what those were
    learned from if they are lessons themselves, and so on.
    """
    links = _links_onward(db, lens, uids, _LEARNED_FROM)
    targets = {link.target for some in links.values() for link in some}
    known = _memories_seen(db, lens, targets) if targets else {}
    return {uid: tuple(_sources_of(uid, links, known)) for uid in uids}


def fetch_runs_against(
    db: Database, lens: Lens, uids: Collection[str]
) -> dict[str, list[tuple[datetime, str]]]:
    """The finished runs that contradict these memories or were misled by them, oldest first.

    Each once, with when it ended; also those that only a lesson's own lines know of, if they
    say when.
    """
    links = db.links.fetch(lens, uids, types=_AGAINST)
    runs = _finished_runs(db, lens, {link.source for link in links})
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for link in links:
        if link.target in uids and link.source in runs:
            found[link.target][link.source] = finished_at(runs[link.source])
    for uid, confidence in fetch_confidences(db, lens, uids).items():
        for one in confidence.evidence:
            if one.kind == "run" and not one.speaks_for and one.at is not None:
                found[uid].setdefault(one.origin, one.at)
    return {uid: sorted((at, origin) for origin, at in some.items()) for uid, some in found.items()}


def _memories_seen(
    db: Database, lens: Lens, uids: Iterable[str], kind: Kind | None = None
) -> dict[str, Memory]:
    """Those of these memories that the lens shows, by uid."""
    if not (uids := set(uids)):
        return {}
    selection = Selection(kinds=(kind,) if kind else (), lens=lens)
    revisions = db.memories.selected_revisions(selection, uids)
    memories = db.memories.at_revisions(revisions.values()) if revisions else {}
    return {uid: memories[revision] for uid, revision in sorted(revisions.items())}


def _finished_runs(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
    runs = _memories_seen(db, lens, uids, Kind.RUN)
    return {uid: run for uid, run in runs.items() if is_finished(run)}


def _links_onward(
    db: Database, lens: Lens, uids: Iterable[str], types: Sequence[LinkType]
) -> dict[str, list[Link]]:
    """The links from these memories, from those that they lead to, and so on, by their source."""
    found: dict[str, list[Link]] = {}
    ahead = set(uids)
    for _ in range(_ROUNDS):
        if not ahead:
            break
        found |= {uid: [] for uid in ahead}
        for link in db.links.fetch(lens, ahead, types=types):
            if link.source in ahead:
                found[link.source].append(link)
        ahead = {link.target for uid in ahead for link in found[uid]} - found.keys()
    return found


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
    db: Database, lens: Lens, lessons: Mapping[str, Memory]
) -> dict[str, list[Statement]]:
    """What the lessons' own lines say of them, and what runs do, by lesson.

    A lesson that supports or contradicts another is a claim, and no evidence.
    """
    said = {uid: list(statements_in(lesson)) for uid, lesson in lessons.items()}
    links = db.links.fetch(lens, lessons, types=_SAYING)
    runs = _finished_runs(db, lens, {link.source for link in links}) if links else {}
    for link in links:
        if link.target in lessons and link.source in runs:
            said[link.target].append(Statement(link.source, link.type is LinkType.SUPPORTS))
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
