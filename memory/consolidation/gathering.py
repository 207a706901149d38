"""Gathers what proposals are made from."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from memory.consolidation.proposing import Known
from memory.evidence.bearing import with_bearing
from memory.learning.nearness import Nearness
from memory.ledger.links import fetch_links
from memory.ledger.memories import list_memories, selected_revisions
from memory.ledger.passages import text_hashes_of
from memory.models.answer import Listed
from memory.models.kinds import Kind, LinkType
from memory.models.selection import EVERYTHING, NOW, Selection
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.connection import Database
    from memory.retrieval.meaning import Meaning

_KINDS = (Kind.LESSON, Kind.NOTE, Kind.FLAG, Kind.DECISION)
_SETTLING = (LinkType.SUPERSEDES, LinkType.AMENDS, LinkType.CONTRADICTS, LinkType.MERGES)


def fetch_known(db: Database, meaning: Meaning, at: datetime) -> tuple[Known, str]:
    """What is known that could be tidied, and what is missing to know it, in words."""
    memories = list_memories(db, Selection(kinds=_KINDS))
    standings = fetch_standings(db, NOW, [one.uid for one in memories])
    listed = [Listed(memory=one, standing=standings[one.uid]) for one in memories]
    listed.sort(key=lambda one: one.memory.uid)
    linked = frozenset(
        frozenset({link.source, link.target}) for link in fetch_links(db, NOW, types=_SETTLING)
    )
    near = Nearness(meaning)
    vector = _vectors(db, meaning, [one.uid for one in memories])

    def cosine(one: str, other: str) -> float | None:
        ours, theirs = vector(one), vector(other)
        return None if ours is None or theirs is None else float(ours @ theirs)

    note = "" if meaning.neighbours else "memories were compared by their words only: no embeddings"
    return Known(with_bearing(db, NOW, listed), linked, cosine, near, at), note


def _vectors(
    db: Database, meaning: Meaning, uids: Sequence[str]
) -> Callable[[str], NDArray[np.float32] | None]:
    """The mean of a memory's stored embeddings, by uid; None of one that has none."""
    neighbours = meaning.neighbours
    revisions = selected_revisions(db, EVERYTHING, uids) if neighbours else {}
    hashes = text_hashes_of(db, revisions.values())

    @cache
    def vector(uid: str) -> NDArray[np.float32] | None:
        keys = hashes.get(revisions.get(uid, 0), [])
        return neighbours.centroid(keys) if neighbours and keys else None

    return vector
