"""Finds what has to do with a memory: what it is linked to, and what is about the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.links import fetch_links
from memory.ledger.memories import fetch_memory, selected_revisions, titles_of
from memory.ledger.passages import text_hashes_of
from memory.models.answer import Answer
from memory.models.kinds import LinkType
from memory.models.selection import EVERYTHING, NOW
from memory.retrieval.candidates import OPENING, Question, gather, measure
from memory.retrieval.pool import Pool
from memory.retrieval.query_parser import search_words
from memory.retrieval.ranking import load_weights
from memory.retrieval.standings import named_in

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.connection import Database
    from memory.models.link import Link
    from memory.retrieval.meaning import Meaning

_NO_EMBEDDING = "found by words and links only: it has no embedding"


def related(db: Database, uid: str, *, meaning: Meaning, limit: int) -> Answer:
    """The memories that have to do with one, best first; itself never.

    Linked ones come before the rest, whichever of the two names the other: first those whose
    link says how, then those that are only mentioned. Within each of the three the order is
    by likeness. Runs are among them only if they are linked.

    Args:
        db: An open ledger.
        uid: Of a memory.
        meaning: Finds what is near to it.
        limit: At most so many hits.
    """
    memory = fetch_memory(db, uid)
    vector = _centroid(db, uid, meaning)
    neighbours = meaning.neighbours if vector is not None else None
    asked = Question(search_words(memory.title), vector, neighbours)
    links = {_other(link, uid): link for link in sorted(fetch_links(db, NOW, [uid]), key=_is_typed)}
    pool = Pool(db, asked, EVERYTHING)
    pool.add(gather(db, asked, EVERYTHING.as_searched))
    pool.add(measure(db, asked, selected_revisions(db, EVERYTHING, links).values(), {}))
    ranked = [one for one in pool.ranked(load_weights()) if one.uid != uid]
    for one in ranked:
        if link := links.get(one.uid):
            one.because = _how(link, uid)
    ranked.sort(key=lambda one: -_closeness(links.get(one.uid)))
    hits = tuple(pool.hits(ranked[:limit]))
    return Answer(
        question=memory.title,
        hits=hits,
        titles=titles_of(db, named_in(hit.standing for hit in hits)),
        complete=pool.knows_meaning,
        reason=meaning.reason or ("" if pool.knows_meaning else _NO_EMBEDDING),
    )


def _centroid(db: Database, uid: str, meaning: Meaning) -> NDArray[np.float32] | None:
    """What a memory is about, as a vector of length 1; from the cache, so no model is loaded."""
    revisions = selected_revisions(db, EVERYTHING, [uid])
    hashes = text_hashes_of(db, revisions.values())
    if meaning.neighbours is None or not hashes:
        return None
    return meaning.neighbours.centroid(hashes[revisions[uid]][:OPENING])


def _other(link: Link, uid: str) -> str:
    return link.target if link.source == uid else link.source


def _is_typed(link: Link) -> bool:
    return link.type is not LinkType.RELATES_TO


def _closeness(link: Link | None) -> int:
    return 0 if link is None else 1 + _is_typed(link)


def _how(link: Link, uid: str) -> str:
    verb = link.type.value.replace("_", " ")
    return f"{verb} {link.target}" if link.source != uid else f"{uid} {verb} it"
