"""Gathers the revisions that may answer a question, with what each arm of the search found."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from heapq import nlargest
from itertools import accumulate, islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from memory.ledger.interface.database import Database
    from memory.ledger.interface.memories import Head
    from memory.models.selection import Selection
    from memory.retrieval.neighbours import Neighbours

TEXTS = 200  # nearest texts asked for: some 60 memories, or more where they are short
MATCHES = 60  # memories taken from either arm; twice as many changed nothing
NARROW = 300  # of a selection with no more memories than this, each is a candidate …
SMALL = 1_000  # … and of one with no more than this, each is compared
OPENING = 6  # passages whose mean says what a record is about; the rest goes into detail
#: What a passage's cosine loses by standing deep inside, times ln(1 + its position): a long text
#: has more passages, and so comes near to anything. Between 0.02 and 0.05 it was the same; without
#: it 67 questions over the records of three projects had an nDCG@10 lower by 0.04.
DEEP = 0.03
ALIKE = 0.8  # cosine of what two records are about that are about the same; see `rank.LATER`
AGREEING = 3  # the best by words
FREQUENT = 0.25  # a word that more than this share of all revisions has says little …
FEW = 1_000  # … and is worth leaving out where there are more than this many
SCORED = 5_000  # texts that full text search scores, once for each word: some 10 ms


WordCounts: TypeAlias = "tuple[Mapping[str, int], int]"  # by stem, and of all revisions


@dataclass
class Candidate:
    """A revision that may answer, and the signals of each arm; None where an arm has none."""

    head: Head
    words: float = 0.0  # BM25 of the whole text, above 0
    share: float = 0.0  # of the BM25 that a text full of the question's words would have
    agrees: bool = False  # whether it is among the best by words too
    passage: float | None = None  # cosine of its best passage, less what that loses by its depth
    opening: float | None = None  # cosine of its first passage, -1 to 1
    centroid: NDArray[np.float32] | None = None  # mean of its opening passages, length 1
    best: int | None = None  # position of the best passage

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
    return gather_each(db, [question], [selection])[0][0]


def gather_each(
    db: Database,
    questions: Sequence[Question],
    selections: Sequence[Selection],
    counted: WordCounts | None = None,
) -> list[list[list[Candidate]]]:
    """The candidates of each question, for each selection by itself, by revision.

    All are read at once, so that a question more costs three statements at most. `counted` may
    tell in how many revisions the stems of the questions' words stand, and how many there are.
    """
    stems = {stem(word) for one in questions for word in one.words}
    holders, total = counted or db.passages.count_words(stems)
    scopes = _scopes(db, selections)
    few = {one for scope in scopes for one in scope.ids or ()}
    among = db.passages.hashes_of(few) if few else {}
    found: list[_Words] = []
    wanted: list[list[set[int]]] = []
    for question in questions:
        words = telling_words(question.words, holders, total)
        matches = db.passages.match_each(words, selections, limit=MATCHES)
        near = _near(db, question, scopes, among)
        wanted.append([own.union(ids) for ids, own in zip(matches.selected, near, strict=True)])
        most = sum(rarity(holders.get(stem(word), 0), total) for word in question.words)
        found.append(_Words(matches.scores, most))
    read = _read(db, {one for sets in wanted for ids in sets for one in ids})
    vectors = _vectors(questions, [key for _, keys in read.values() for key in keys])
    return [
        [_measured(question, read, vectors, ids, words) for ids in some]
        for question, some, words in zip(questions, wanted, found, strict=True)
    ]


def measure(db: Database, question: Question, revision_ids: Iterable[int]) -> list[Candidate]:
    """These revisions as candidates, by revision; their words are not looked at."""
    ids = set(revision_ids)
    return measure_heads(question, db.memories.heads(ids) if ids else ())


def measure_heads(question: Question, heads: Iterable[Head]) -> list[Candidate]:
    """The same of revisions whose heads are read."""
    read = {one.revision_id: (one, json.loads(one.text_hashes)) for one in heads}
    vectors = _vectors([question], [key for _, keys in read.values() for key in keys])
    return _measured(question, read, vectors, set(read), _Words({}, 0.0))


class _Words(NamedTuple):
    """What full text search found for a question."""

    scores: Mapping[int, float]  # BM25 by revision
    most: float  # what the rarities of the question's words add up to


class _Scope(NamedTuple):
    """A selection, and the revisions that it means if they are few."""

    selection: Selection
    ids: list[int] | None


def _scopes(db: Database, selections: Sequence[Selection]) -> list[_Scope]:
    asked = [one for one in selections if not one.is_everything]
    chosen = iter(db.memories.selected_ids(asked, limit=SMALL + 1) if asked else ())
    ids = [None if one.is_everything else next(chosen) for one in selections]
    return [
        _Scope(one, None if some is None or len(some) > SMALL else some)
        for one, some in zip(selections, ids, strict=True)
    ]


def _read(db: Database, revision_ids: Collection[int]) -> dict[int, tuple[Head, list[str]]]:
    """The heads of revisions with the names of their embedded texts, in the order of ids."""
    if not revision_ids:
        return {}
    heads = db.memories.heads(revision_ids)
    return {head.revision_id: (head, json.loads(head.text_hashes)) for head in heads}


def _vectors(
    questions: Sequence[Question], keys: Sequence[str]
) -> Mapping[str, NDArray[np.float32]]:
    neighbours = next((one.neighbours for one in questions if one.neighbours), None)
    return neighbours.vectors(keys) if neighbours is not None and keys else {}


def _measured(
    question: Question,
    read: Mapping[int, tuple[Head, list[str]]],
    vectors: Mapping[str, NDArray[np.float32]],
    revision_ids: Collection[int],
    found: _Words,
) -> list[Candidate]:
    chosen = [one for one in read if one in revision_ids]
    scores = {one: found.scores.get(one, 0.0) for one in chosen}
    best = {one for one in nlargest(AGREEING, chosen, key=scores.__getitem__) if scores[one]}
    candidates = [
        Candidate(
            read[one][0],
            words=scores[one],
            share=scores[one] / found.most if found.most else 0.0,
            agrees=one in best,
        )
        for one in chosen
    ]
    if question.vector is not None and question.neighbours is not None:
        keys = dict.fromkeys(key for one in chosen for key in read[one][1] if key in vectors)
        similarities = _similarities({key: vectors[key] for key in keys}, question.vector)
        for candidate in candidates:
            _compare(candidate, read[candidate.head.revision_id][1], vectors, similarities)
    return candidates


def are_alike(one: Candidate, other: Candidate) -> bool:
    """Whether two records are evidently about the same."""
    if one.centroid is None or other.centroid is None:
        return False
    return float(one.centroid @ other.centroid) >= ALIKE


def rarity(holders: int, total: int) -> float:
    """What a word adds to a score: BM25's inverse document frequency, as FTS5 reckons it.

    Args:
        holders: In how many revisions it stands; 0 for a word that nobody uses here.
        total: How many revisions there are.
    """
    return math.log(max(1.0, (total - holders + 0.5) / (holders + 0.5)))


def telling_words(words: Sequence[str], counts: Mapping[str, int], total: int) -> list[str]:
    """The words worth a full text search: in a large store, those that not everything has.

    A word that a quarter of all revisions has costs most of the time and changes little. The
    rarest is kept whatever it is, so that a question never becomes empty, and of the others as
    many as keep the search quick in a store of any size.

    Args:
        words: Of a question.
        counts: In how many revisions each of their stems stands.
        total: How many revisions there are.
    """
    holders = {word: counts.get(stem(word), 0) for word in words}
    known = sorted((word for word in words if holders[word]), key=lambda word: holders[word])
    if total <= FEW:
        return known
    scored = accumulate(holders[word] for word in known)
    return [
        word
        for word, so_far in zip(known, scored, strict=True)
        if holders[word] <= FREQUENT * total and so_far <= SCORED
    ] or known[:1]


def _near(
    db: Database,
    question: Question,
    scopes: Sequence[_Scope],
    hashes: Mapping[int, Sequence[str]],
) -> list[set[int]]:
    """Of each scope the revisions nearest to a question, or all of them if they are few.

    Args:
        db: An open ledger.
        question: What is looked for.
        scopes: Where.
        hashes: Of those scopes that have few revisions the names of their embedded texts.
    """
    if question.vector is None or question.neighbours is None:
        return [set() for _ in scopes]
    near: list[set[int]] = []
    for scope in scopes:
        if scope.ids is None:
            near.append(_nearest(db, question.vector, question.neighbours, scope.selection))
        elif len(scope.ids) <= NARROW:
            near.append(set(scope.ids))
        else:
            own = {one: hashes[one] for one in scope.ids if one in hashes}
            near.append(_nearest_among(question.vector, question.neighbours, own))
    return near


def _nearest(
    db: Database, vector: NDArray[np.float32], neighbours: Neighbours, selection: Selection
) -> set[int]:
    near: dict[int, None] = {}
    for limit in (TEXTS, 4 * TEXTS, 16 * TEXTS):
        nearest = neighbours.nearest(vector, limit)
        holders = db.passages.holders([one.text_hash for one in nearest], selection)
        ids = (revision_id for one in nearest for revision_id in holders.get(one.text_hash, ()))
        near = dict.fromkeys(ids)
        if len(near) >= MATCHES or len(nearest) < limit:
            break
    return set(islice(near, MATCHES))


def _nearest_among(
    vector: NDArray[np.float32], neighbours: Neighbours, hashes: Mapping[int, Sequence[str]]
) -> set[int]:
    """The nearest of these revisions, found by comparing all their passages."""
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
    worth = {place: similarities[key] - DEEP * math.log1p(place) for place, key in known}
    candidate.best = max(worth, key=worth.__getitem__)
    candidate.passage = worth[candidate.best]
    candidate.opening = similarities[known[0][1]]
    opening = [key for _, key in known[:OPENING]]
    total = sum((vectors[key] for key in opening[1:]), start=vectors[opening[0]])
    length = math.sqrt(float(total @ total)) or 1.0
    candidate.centroid = total / np.float32(length)
