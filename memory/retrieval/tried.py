"""Answers what was tried before: refactorings, and what came of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.links import fetch_links
from memory.ledger.memories import fetch_by_revision, selected_revisions
from memory.models.answer import Attempt, Tried
from memory.models.details import Refactoring
from memory.models.kinds import Kind, LinkType, Status
from memory.models.selection import NOW, Selection
from memory.retrieval.search import search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.connection import Database
    from memory.models.answer import Hit
    from memory.models.revision import Memory
    from memory.models.selection import Lens
    from memory.retrieval.meaning import Meaning

#: Below this relevance nothing was to the point, and "nothing was tried" is the better answer: to
#: "cook pasta" the best of 230 refactorings had 0.0003, to "split payments out of api" the sixth
#: best, still about moving things out, 0.018.
REMOTE = 0.01
MORE = 5  # hits beyond the limit, as some tell only that another was reverted


def tried(
    db: Database,
    question: str,
    modules: tuple[str, ...],
    *,
    meaning: Meaning,
    limit: int,
    lens: Lens = NOW,
) -> Tried:
    """The refactorings that come nearest to a plan, nearest first; none that is far from it.

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
        kept = [hit for hit in near if hit.memory.uid not in told][:limit]
        attempts.append(tuple(_attempt(hit, reverts.get(hit.memory.uid)) for hit in kept))
    return attempts


def _reverts(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
    """The memory that says that it reverted one of these, by the uid of that one."""
    links = fetch_links(db, lens, uids, types=(LinkType.REVERTS,))
    if not links:
        return {}
    revisions = selected_revisions(db, Selection(lens=lens), {link.source for link in links})
    memories = fetch_by_revision(db, revisions.values())
    return {
        link.target: memories[revisions[link.source]] for link in links if link.source in revisions
    }


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
