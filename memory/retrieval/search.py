"""Answers questions: gathers candidates by words and by meaning, and puts them in order."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from memory.ledger.derived import has_derived
from memory.ledger.memories import numbered_revisions, titles_of
from memory.models.answer import Answer
from memory.models.request import LONGEST_QUESTION
from memory.retrieval.candidates import Question, gather_each, measure
from memory.retrieval.pool import Pool, add_to_pools
from memory.retrieval.query_parser import named_numbers, search_words
from memory.retrieval.ranking import load_weights
from memory.retrieval.relevance import relevance_in
from memory.retrieval.standings import named_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Lens, Selection
    from memory.retrieval.meaning import Meaning


#: Tells what memories earned in tasks like a question, -1 to 1, by uid: of these, and of others
#: that served in tasks that are near.
Earned: TypeAlias = "Callable[[Database, Question, Lens, Sequence[str]], dict[str, float]]"


def search(
    db: Database,
    question: str,
    selection: Selection,
    *,
    meaning: Meaning,
    limit: int,
    earned: Earned | None = None,
) -> Answer:
    """The memories of a selection that answer a question best, best first, ties by uid.

    Args:
        db: An open ledger.
        question: In plain words; what is longer than a question can be is not looked at.
        selection: Which memories may be found.
        meaning: Encodes the question and finds what is near it.
        limit: At most so many hits.
        earned: Tells how memories served before; None where that is not to count.
    """
    question = question[:LONGEST_QUESTION]
    pool = gather_pool(db, question, selection, meaning, earned)
    ranked = pool.ranked(load_weights())
    reason = meaning.reason or meaning.gap
    hits = tuple(pool.hits(ranked[:limit], relevance_in(db)))
    return Answer(
        question=question,
        hits=hits,
        titles=titles_of(db, named_in(hit.standing for hit in hits)),
        complete=pool.knows_meaning and not reason,
        reason=reason,
    )


def gather_pool(
    db: Database,
    question: str,
    selection: Selection,
    meaning: Meaning,
    earned: Earned | None = None,
) -> Pool:
    """Everything that may answer a question, not yet in order; runs only if they are asked for."""
    selection = selection.as_searched
    pool = gather_pools(db, [question], [selection], meaning)[0][0]
    if earned is not None:
        pool.add_earned(earned(db, pool.question, selection.lens, pool.uids))
    return pool


def gather_pools(
    db: Database, texts: Sequence[str], selections: Sequence[Selection], meaning: Meaning
) -> list[list[Pool]]:
    """A pool for each text and each of some selections through one lens, read at once."""
    questions = []
    for text in texts:
        vector = meaning.encode_query(text)
        neighbours = meaning.neighbours if vector is not None else None
        questions.append(Question(search_words(text), vector, neighbours))
    parts = [(at, part) for at, one in enumerate(selections) for part in _parts(db, one)]
    found = gather_each(db, questions, [part for _, part in parts])
    pools = [[Pool(db, question, one) for one in selections] for question in questions]
    rows = [
        (own[at], candidates)
        for own, some in zip(pools, found, strict=True)
        for (at, _), candidates in zip(parts, some, strict=True)
    ]
    add_to_pools([pool for pool, _ in rows], [candidates for _, candidates in rows])
    for text, own in zip(texts, pools, strict=True):
        for number in named_numbers(text):
            for pool, selection in zip(own, selections, strict=True):
                named = measure(db, pool.question, numbered_revisions(db, selection, number), {})
                pool.add(named)
                pool.put_first({candidate.uid: f"is number {number}" for candidate in named})
    return pools


def _parts(db: Database, selection: Selection) -> list[Selection]:
    """What is gathered for itself, so that many commits leave no record without a place."""
    if selection.kinds or selection.derived is not None or not has_derived(db):
        return [selection]
    return [selection.model_copy(update={"derived": derived}) for derived in (False, True)]
