"""Gathers the revisions that may answer a question, with what each arm of the search found."""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate, islice
from typing import TYPE_CHECKING

import numpy as np

from memory.ledger.fulltext import count_holders, match_text
from memory.ledger.memories import Head, count_revisions, fetch_heads, selected_ids
from memory.ledger.passages import revisions_with_texts, text_hashes_of
from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.ledger.connection import Database
    from memory.models.selection import Selection
    from memory.retrieval.neighbours import Neighbours

TEXTS = 200  # nearest texts asked for: some 60 memories, or more where they are short
MATCHES = 60  # memories taken from either arm; twice as many changed nothing
NARROW = 300  # of a selection with no more memories than this, each is a candidate …
SMALL = 1_000  # … and of one with no more than this, each is compared
OPENING = 6  # passages whose mean says what a record is about; the rest goes into detail
FREQUENT = 0.25  # a word that more than this share of all revisions has says little …
FEW = 1_000  # … and is worth leaving out where there are more than this many
SCORED = 5_000  # texts that full text search scores, once for each word: some 10 ms


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
        similarities = _similarities(vectors, question.vector)
        for candidate in candidates:
            own = hashes.get(candidate.head.revision_id, [])
            _compare(candidate, own, vectors, similarities)
    return candidates


def telling_words(db: Database, words: Sequence[str]) -> list[str]:
    """The words worth a full text search: in a large store, those that not everything has.

    A word that a quarter of all revisions has costs most of the time and changes little. The
    rarest is kept whatever it is, so that a question never becomes empty, and of the others as
    many as keep the search quick in a store of any size.
    """
    counts = count_holders(db, map(stem, words))
    holders = {word: counts.get(stem(word), 0) for word in words}
    known = sorted((word for word in words if holders[word]), key=lambda word: holders[word])
    total = count_revisions(db)
    if total <= FEW:
        return known
    scored = accumulate(holders[word] for word in known)
    return [
        word
        for word, so_far in zip(known, scored, strict=True)
        if holders[word] <= FREQUENT * total and so_far <= SCORED
    ] or known[:1]


def _near(db: Database, question: Question, selection: Selection) -> set[int]:
    """The nearest of the selected revisions, or all of them if they are few."""
    if question.vector is None or question.neighbours is None:
        return set()
    if not selection.is_everything:
        chosen = selected_ids(db, selection, limit=SMALL + 1)
        if len(chosen) <= NARROW:
            return set(chosen)
        if len(chosen) <= SMALL:
            return _nearest_among(db, question.vector, question.neighbours, chosen)
    near: dict[int, None] = {}
    for limit in (TEXTS, 4 * TEXTS, 16 * TEXTS):
        nearest = question.neighbours.nearest(question.vector, limit)
        holders = revisions_with_texts(db, [one.text_hash for one in nearest], selection)
        ids = (revision_id for one in nearest for revision_id in holders.get(one.text_hash, ()))
        near = dict.fromkeys(ids)
        if len(near) >= MATCHES or len(nearest) < limit:
            break
    return set(islice(near, MATCHES))


def _nearest_among(
    db: Database, vector: NDArray[np.float32], neighbours: Neighbours, revision_ids: Sequence[int]
) -> set[int]:
    """The nearest of these revisions, found by comparing all their passages."""
    hashes = text_hashes_of(db, revision_ids)
    vectors = neighbours.vectors([key for keys in hashes.values() for key in keys])
    similarities = _similarities(vectors, vector)
    best = {
        revision_id: max(similarities.get(key, -1.0) for key in keys)
        for revision_id, keys in hashes.items()
    }
    return set(nlargest(MATCHES, best, key=lambda revision_id: (best[revision_id], -revision_id)))


def _similarities(
    vectors: Mapping[str, NDArray[np.float32]], vector: NDArray[np.float32]
) -> dict[str, float]:
    """The cosine of each to a vector; all at once, which is what numpy is quick at."""
    if not vectors:
        return {}
    return dict(zip(vectors, (np.stack(list(vectors.values())) @ vector).tolist(), strict=True))


def _compare(
    candidate: Candidate,
    text_hashes: Sequence[str],
    vectors: Mapping[str, NDArray[np.float32]],
    similarities: Mapping[str, float],
) -> None:
    """Fill in how near the candidate's passages are, as far as they are embedded."""
    known = [(place, key) for place, key in enumerate(text_hashes) if key in vectors]
    if not known:
        return
    candidate.best, nearest = max(known, key=lambda one: similarities[one[1]])
    candidate.passage = similarities[nearest]
    opening = [key for _, key in known[:OPENING]]
    total = sum((vectors[key] for key in opening[1:]), start=vectors[opening[0]])
    length = math.sqrt(float(total @ total)) or 1.0
    candidate.centroid = total / np.float32(length)
    candidate.whole = sum(similarities[key] for key in opening) / length
