"""What speaks for lessons and against them, gathered for many at once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.evidence.confidence import least_trusted, weigh
from memory.evidence.doubts import fetch_doubts
from memory.evidence.sources import fetch_sources, memories_seen
from memory.evidence.testimony import (
    Statement,
    evidence_from,
    is_finished,
    statements_in,
    weakened,
)
from memory.ledger.anchors import fetch_freshness
from memory.ledger.links import fetch_links
from memory.models.kinds import Kind, LinkType

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.ledger.connection import Database
    from memory.models.confidence import Confidence
    from memory.models.revision import Memory
    from memory.models.selection import Lens

_SAYING = (LinkType.SUPPORTS, LinkType.CONTRADICTS)
_ROUNDS = 10  # the longest chain of mergers that is followed


def fetch_confidences(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Confidence]:
    """How far these lessons are borne out, by uid; other memories have none.

    A lesson has the evidence of those that it merges too.
    """
    asked = memories_seen(db, lens, uids, Kind.LESSON)
    if not asked:
        return {}
    merged = _merged(db, lens, asked)
    absorbed = {one for group in merged.values() for one in group} - asked.keys()
    lessons = asked | memories_seen(db, lens, absorbed, Kind.LESSON)
    statements = _statements(db, lens, lessons)
    origins = {one.origin for said in statements.values() for one in said}
    runs = {
        uid: run
        for uid, run in memories_seen(db, lens, origins, Kind.RUN).items()
        if is_finished(run)
    }
    doubts = fetch_doubts(db, lens, runs)
    freshness = fetch_freshness(db, lens, asked)
    sources = fetch_sources(db, lens, asked)
    return {
        uid: weigh(
            weakened(
                evidence_from(
                    (one for member in sorted(merged[uid]) for one in statements.get(member, ())),
                    runs,
                    doubts,
                ),
                freshness.get(uid),
            ),
            least_trusted(
                one.revision.source.trust
                for one in (lesson, *(source.memory for source in sources[uid]))
            ),
        )
        for uid, lesson in asked.items()
    }


def _merged(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, set[str]]:
    """Each lesson with all that it merges, and that those merge."""
    groups = {uid: {uid} for uid in uids}
    ahead = set(groups)
    for _ in range(_ROUNDS):
        links = fetch_links(db, lens, ahead, types=(LinkType.MERGES,))
        known = {one for group in groups.values() for one in group}
        for link in links:
            for group in groups.values():
                if link.source in group:
                    group.add(link.target)
        ahead = {link.target for link in links if link.source in ahead} - known
        if not ahead:
            break
    return groups


def _statements(
    db: Database, lens: Lens, lessons: Mapping[str, Memory]
) -> dict[str, list[Statement]]:
    """What the lessons' own lines say of them, and what runs do, by lesson.

    A lesson that supports or contradicts another is a claim, and no evidence.
    """
    said: dict[str, list[Statement]] = defaultdict(list)
    for uid, lesson in lessons.items():
        said[uid] += statements_in(lesson)
    links = fetch_links(db, lens, lessons, types=_SAYING)
    runs = memories_seen(db, lens, {link.source for link in links}, Kind.RUN) if links else {}
    for link in links:
        if link.target in lessons and link.source in runs and is_finished(runs[link.source]):
            speaks_for = link.type is LinkType.SUPPORTS
            said[link.target].append(Statement(link.source, speaks_for))
    return said
