"""Answers questions, what has to do with a memory, and what was tried before."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.ledger.store_facts import HISTORY
from memory.models.answer import Answer, Attempt, Tried
from memory.models.details import FILES, Refactoring
from memory.models.request import LONGEST_QUESTION
from memory.models.selection import EVERYTHING, NOW, Selection
from memory.retrieval.calibration import load_relevance, relevance_in
from memory.retrieval.candidates import (
    OPENING,
    Question,
    gather,
    gather_each,
    measure,
    measure_heads,
)
from memory.retrieval.pool import Pool, add_to_pools
from memory.retrieval.query_parser import named_numbers, search_words
from memory.retrieval.rank import load_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.interface.database import Database
    from memory.models.answer import Hit
    from memory.models.memory import Link, Memory
    from memory.models.selection import Lens
    from memory.retrieval.candidates import WordCounts
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
    relevance = relevance_in(db) if pool.knows_meaning else load_relevance()
    hits = tuple(pool.hits(ranked[:limit], relevance))
    known = pool.known(relevance) if relevance else None
    return Answer(
        question=question,
        known=known is None or relevance is None or known >= relevance.answers,
        hits=hits,
        titles=pool.titles(hits),
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
    db: Database,
    texts: Sequence[str],
    selections: Sequence[Selection],
    meaning: Meaning,
    counted: WordCounts | None = None,
) -> list[list[Pool]]:
    """A pool for each text and each of some selections through one lens, read at once."""
    questions = []
    for text in texts:
        vector = meaning.encode_query(text)
        neighbours = meaning.neighbours if vector is not None else None
        questions.append(Question(search_words(text), vector, neighbours))
    parts = [(at, part) for at, one in enumerate(selections) for part in _parts(db, one)]
    found = gather_each(db, questions, [part for _, part in parts], counted)
    pools = [[Pool(db, question, one) for one in selections] for question in questions]
    rows = [
        (own[at], candidates)
        for own, some in zip(pools, found, strict=True)
        for (at, _), candidates in zip(parts, some, strict=True)
    ]
    add_to_pools([pool for pool, _ in rows], [candidates for _, candidates in rows])
    for text, own in zip(texts, pools, strict=True):
        for number, prefix in named_numbers(text).items():
            for pool, selection in zip(own, selections, strict=True):
                ids = db.memories.numbered(selection, number, prefix)
                named = measure(db, pool.question, ids)
                pool.add(named)
                pool.put_first({candidate.uid: f"is number {number}" for candidate in named})
    return pools


def _parts(db: Database, selection: Selection) -> list[Selection]:
    """What is gathered for itself, so that many commits leave no record without a place."""
    if selection.kinds or selection.derived is not None or not db.refactorings.has_derived():
        return [selection]
    return [selection.model_copy(update={"derived": derived}) for derived in (False, True)]


#: Below this relevance nothing was to the point, and "nothing was tried" is the better answer: to
#: "cook pasta" the best of 230 refactorings had 0.0003, to "split payments out of api" the sixth
#: best, still about moving things out, 0.018.
REMOTE = 0.01
MORE = 5  # hits beyond the limit: some tell only that another was reverted, or are small
SMALL_FILES = 2  # that such a refactoring changed at most


def tried(
    db: Database,
    question: str,
    modules: tuple[str, ...],
    *,
    meaning: Meaning,
    limit: int,
    lens: Lens = NOW,
) -> Tried:
    """The refactorings that come nearest to a plan, none that is far from it.

    The nearest come first, but for small ones where these are many.

    A commit that reverted a recorded refactoring is told with that one, not by itself.

    Args:
        db: An open ledger.
        question: The plan, in plain words.
        modules: Only what touched one of these; none for all.
        meaning: Encodes the question and finds what is near it.
        limit: At most so many.
        lens: From when to look.
    """
    selection = Selection(kinds=(Kind.REFACTORING,), modules=modules, lens=lens)
    answer = search(db, question, selection, meaning=meaning, limit=limit + MORE)
    return Tried(
        question=question,
        attempts=attempts_of(db, lens, [answer.hits], limit)[0],
        titles=answer.titles,
        complete=answer.complete,
        reason=answer.reason,
        knows_history=bool(db.facts.find(HISTORY)),
    )


def attempts_of(
    db: Database, lens: Lens, found: Sequence[Sequence[Hit]], limit: int
) -> list[tuple[Attempt, ...]]:
    """Of each list of hits, some `MORE` than the limit, what was tried, and what came of it."""
    reverts = _reverts(db, lens, {hit.memory.uid for hits in found for hit in hits})
    attempts = []
    for hits in found:
        told = {reverts[one.memory.uid].uid for one in hits if one.memory.uid in reverts}
        near = [hit for hit in hits if hit.relevance is None or hit.relevance >= REMOTE]
        kept = _uncrowded([hit for hit in near if hit.memory.uid not in told], limit)
        attempts.append(tuple(_attempt(hit, reverts.get(hit.memory.uid)) for hit in kept))
    return attempts


def _uncrowded(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The first of these; small ones that would take over half of the places come last."""
    kept: list[Hit] = []
    aside: list[Hit] = []
    small = 0
    for hit in hits:
        is_small = _is_small(hit.memory)
        small += is_small
        (aside if is_small and small > max(1, limit // 2) else kept).append(hit)
    return [*kept, *aside][:limit]


def _is_small(memory: Memory) -> bool:
    """Whether a refactoring that git tells of changed little in one place, as a constant does.

    What was reverted is of interest whatever its size.
    """
    draft = memory.revision.draft
    files = draft.extra.get(FILES)
    if not isinstance(files, int) or draft.status is Status.REVERTED:
        return False
    return files <= SMALL_FILES and len(draft.modules) <= 1


def _reverts(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
    """The memory that says that it reverted one of these, by the uid of that one."""
    links = db.links.fetch(lens, uids, types=(LinkType.REVERTS,))
    if not links:
        return {}
    memories = db.memories.shown(lens, {link.source for link in links})
    return {link.target: memories[link.source] for link in links if link.source in memories}


def _attempt(hit: Hit, revert: Memory | None) -> Attempt:
    details = hit.memory.revision.draft.details
    known = details if isinstance(details, Refactoring) else Refactoring()
    by, on, why = known.reverted_by, hit.standing.valid_to, known.revert_reason
    if revert is not None:
        said = revert.revision.draft
        by = revert.revision.source.commit or revert.title
        on = said.valid_from
        why = why or (said.details.why if isinstance(said.details, Refactoring) else "")
    return Attempt(
        **{name: getattr(hit, name) for name in type(hit).model_fields},
        commits=known.commits,
        effect=known.measured_effect,
        reverted_by=by,
        reverted_on=on if by or hit.standing.status is Status.REVERTED else None,
        revert_reason=why,
    )


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
    memory = db.memories.fetch(uid)
    vector = _centroid(db, uid, meaning)
    neighbours = meaning.neighbours if vector is not None else None
    asked = Question(search_words(memory.title), vector, neighbours)
    links = {_other(link, uid): link for link in sorted(db.links.fetch(NOW, [uid]), key=_is_typed)}
    pool = Pool(db, asked, EVERYTHING)
    pool.add(gather(db, asked, EVERYTHING.as_searched))
    pool.add(measure_heads(asked, db.memories.heads_of(EVERYTHING, links)))
    ranked = [one for one in pool.ranked(load_weights()) if one.uid != uid]
    for one in ranked:
        if link := links.get(one.uid):
            one.because = _how(link, uid)
    ranked.sort(key=lambda one: -_closeness(links.get(one.uid)))
    hits = tuple(pool.hits(ranked[:limit]))
    return Answer(
        question=memory.title,
        hits=hits,
        titles=pool.titles(hits),
        complete=pool.knows_meaning,
        reason=meaning.reason or ("" if pool.knows_meaning else _NO_EMBEDDING),
    )


def _centroid(db: Database, uid: str, meaning: Meaning) -> NDArray[np.float32] | None:
    """What a memory is about, as a vector of length 1; from the cache, so no model is loaded."""
    revisions = db.memories.selected_revisions(EVERYTHING, [uid])
    hashes = db.passages.hashes_of(revisions.values())
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
