"""Gathers the revisions that may answer a question, with what each arm of the search found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.fulltext import count_holders, match_text
from memory.ledger.memories import count_revisions, selected_ids
from memory.ledger.passages import passages_of, revisions_with_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Database
    from memory.ledger.passages import Placed
    from memory.models.selection import Selection
    from memory.retrieval.neighbours import Neighbours

TEXTS = 200  # nearest texts asked for: about 50 memories of ordinary length
MATCHES = 50  # memories taken from full text search
NARROW = 300  # of a selection with no more memories than this, each is a candidate
FREQUENT = 0.25  # a word that more than this share of all revisions has says little …
FEW = 1_000  # … and is worth leaving out where there are more than this many


@dataclass
class Candidate:
    """A revision that may answer, and the raw signals; None where an arm does not know it."""

    revision_id: int
    passages: list[Placed]
    words: float = 0.0  # BM25 of the whole text, above 0
    passage: float | None = None  # cosine of its nearest passage
    whole: float | None = None  # cosine of the mean of all its passages
    best: int = 0  # the passage that answers best, as a place in `passages`


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
    candidates = {
        revision_id: Candidate(revision_id, [], words=found.get(revision_id, 0.0))
        for revision_id in sorted(revision_ids)
    }
    for placed in passages_of(db, candidates):
        candidates[placed.revision_id].passages.append(placed)
    for candidate in candidates.values():
        _compare(candidate, question)
    return list(candidates.values())


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


def _compare(candidate: Candidate, question: Question) -> None:
    """Fill in how near the candidate's passages are, as far as they are embedded."""
    candidate.best = _most_words(candidate.passages, question.words)
    if question.vector is None or question.neighbours is None:
        return
    hashes = [placed.text_hash for placed in candidate.passages]
    known = question.neighbours.vectors(hashes)
    places = [place for place, text_hash in enumerate(hashes) if text_hash in known]
    if places:
        matrix = np.stack([known[hashes[place]] for place in places])
        similarities = matrix @ question.vector
        mean = matrix.mean(axis=0)
        nearest = int(np.argmax(similarities))
        candidate.passage = float(similarities[nearest])
        candidate.whole = float(mean @ question.vector / (np.linalg.norm(mean) or 1.0))
        candidate.best = places[nearest]


def _most_words(passages: Sequence[Placed], words: Sequence[str]) -> int:
    """The passage with most of the words, the first of equals."""
    def has(place: int) -> int:
        text = passages[place].passage.embedded_text.lower()
        return sum(word in text for word in words)

    return max(range(len(passages)), key=has, default=0)
