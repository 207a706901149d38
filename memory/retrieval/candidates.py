"""Gathers the revisions that may answer a question, with what each arm of the search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.fulltext import count_holders, match_text
from memory.ledger.memories import Head, count_revisions, fetch_heads, selected_ids
from memory.ledger.passages import revisions_with_texts, text_hashes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Database
    from memory.models.selection import Selection
    from memory.retrieval.neighbours import Neighbours

TEXTS = 200  # nearest texts asked for: some 60 memories
MATCHES = 60  # memories taken from full text search; twice as many of both changed nothing
NARROW = 300  # of a selection with no more memories than this, each is a candidate
OPENING = 6  # passages whose mean says what a record is about; the rest goes into detail
FREQUENT = 0.25  # a word that more than this share of all revisions has says little …
FEW = 1_000  # … and is worth leaving out where there are more than this many


@dataclass
class Candidate:
    """A revision that may answer, and the signals of each arm; None where an arm has none."""

    head: Head
    words: float = 0.0  # BM25 of the whole text, above 0
    passage: float | None = None  # cosine of its nearest passage, -1 to 1
    whole: float | None = None  # cosine of its centroid, -1 to 1
    centroid: NDArray[np.float32] | None = None  # mean of its opening passages, length 1
    best: int | None = None  # position of the nearest passage

    @property
    def uid(self) -> str:
        """Of the memory."""
        return self.head.uid


@dataclass(frozen=True)
class Question:
    """What is looked for, in the forms that the arms of the search need."""

    words: list[str]
    vector: NDArray[np.float32] | None  # of length 1; None to search by words alone
    neighbours: Neighbours | None  # None likewise


def gather(db: Database, question: Question, selection: Selection) -> list[Candidate]:
    """The candidates that either arm finds, each with both arms' signals, by revision."""
    words = telling_words(db, question.words)
    found = dict(match_text(db, words, selection, limit=MATCHES))
    return measure(db, question, found.keys() | _near(db, question, selection), found)


def measure(
    db: Database, question: Question, revision_ids: Iterable[int], found: Mapping[int, float]
) -> list[Candidate]:
    """These revisions as candidates, by revision.

    Args:
        db: An open ledger.
        question: What is looked for.
        revision_ids: Which revisions.
        found: The scores of those that full text search found.
    """
    heads = fetch_heads(db, revision_ids)
    hashes = text_hashes_of(db, [head.revision_id for head in heads])
    candidates = [Candidate(head, words=found.get(head.revision_id, 0.0)) for head in heads]
    if question.vector is not None and question.neighbours is not None:
        vectors = question.neighbours.vectors([key for keys in hashes.values() for key in keys])
        for candidate in candidates:
            own = hashes.get(candidate.head.revision_id, [])
            _compare(candidate, question.vector, [vectors.get(key) for key in own])
    return candidates


def telling_words(db: Database, words: Sequence[str]) -> list[str]:
    """The words worth a full text search: in a large store, those that not everything has.

    A word that a quarter of all revisions has costs most of the time and changes little. The
    rarest is kept whatever it is, so that a question never becomes empty.
    """
    holders = count_holders(db, words)
    known = sorted((word for word in words if holders.get(word)), key=lambda word: holders[word])
    total = count_revisions(db)
    if total <= FEW:
        return known
    return [word for word in known if holders[word] <= FREQUENT * total] or known[:1]


def _near(db: Database, question: Question, selection: Selection) -> set[int]:
    """The selected revisions among the nearest texts, or all of them if they are few."""
    if question.vector is None or question.neighbours is None:
        return set()
    if not selection.is_everything:
        chosen = selected_ids(db, selection, limit=NARROW + 1)
        if len(chosen) <= NARROW:
            return set(chosen)
    near: set[int] = set()
    for limit in (TEXTS, 4 * TEXTS, 16 * TEXTS):
        nearest = question.neighbours.nearest(question.vector, limit)
        holders = revisions_with_texts(db, [one.text_hash for one in nearest], selection)
        near = {revision_id for ids in holders.values() for revision_id in ids}
        if len(near) >= MATCHES or len(nearest) < limit:
            break
    return near


def _compare(
    candidate: Candidate,
    vector: NDArray[np.float32],
    passages: Sequence[NDArray[np.float32] | None],
) -> None:
    """Fill in how near the candidate's passages are, as far as they are embedded."""
    places = [place for place, passage in enumerate(passages) if passage is not None]
    if not places:
        return
    matrix = np.stack([passage for passage in passages if passage is not None])
    similarities = matrix @ vector
    nearest = int(np.argmax(similarities))
    mean = matrix[:OPENING].mean(axis=0)
    candidate.centroid = mean / (np.linalg.norm(mean) or 1.0)
    candidate.whole = float(candidate.centroid @ vector)
    candidate.passage = float(similarities[nearest])
    candidate.best = places[nearest]
