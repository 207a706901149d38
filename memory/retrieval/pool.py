"""Candidates together with their memories and standings, put in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.memories import fetch_by_revision, selected_revisions
from memory.models.answer import Hit
from memory.retrieval.candidates import measure
from memory.retrieval.ranking import Ranked, lift_current, load_weights, score
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.connection import Database
    from memory.models.revision import Memory
    from memory.models.selection import Selection
    from memory.models.standing import Standing
    from memory.retrieval.candidates import Candidate, Question


class Pool:
    """What may answer one question."""

    def __init__(self, db: Database, question: Question, selection: Selection) -> None:
        self._db = db
        self._question = question
        self._selection = selection
        self._candidates: dict[str, Candidate] = {}  # by uid, as the next two
        self._memories: dict[str, Memory] = {}
        self._standings: dict[str, Standing] = {}

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Afterwards these are in the pool, with their standings."""
        by_revision = {candidate.revision_id: candidate for candidate in candidates}
        for revision_id, memory in fetch_by_revision(self._db, by_revision).items():
            self._memories[memory.uid] = memory
            self._candidates[memory.uid] = by_revision[revision_id]
        self._standings = fetch_standings(self._db, self._selection.lens, self._memories)

    def add_heirs(self) -> None:
        """Afterwards what is in force in place of a candidate is a candidate too, if selected."""
        heirs = {
            heir
            for uid in self._memories
            for heir in self._standings[uid].current
            if heir not in self._memories
        }
        revisions = selected_revisions(self._db, self._selection, heirs)
        if revisions:
            self.add(measure(self._db, self._question, revisions.values(), {}))

    def ranked(self) -> list[Ranked]:
        """All candidates, best first, ties by uid, what is in force before what it replaced."""
        shares = score([_signals(one) for one in self._candidates.values()], load_weights())
        scored = [
            Ranked(uid, sum(share.values()), share)
            for uid, share in zip(self._candidates, shares, strict=True)
        ]
        scored.sort(key=lambda one: (-one.score, one.uid))
        return lift_current(scored, self._standings)

    def hits(self, limit: int) -> list[Hit]:
        """The first of them, as they are shown."""
        return [self._hit(one) for one in self.ranked()[:limit]]

    def _hit(self, ranked: Ranked) -> Hit:
        memory, candidate = self._memories[ranked.uid], self._candidates[ranked.uid]
        passage = candidate.passages[candidate.best].passage
        return Hit(
            memory=memory,
            standing=self._standings[ranked.uid],
            score=round(ranked.score, 4),
            heading=passage.heading,
            passage=passage.text,
            lines=passage.lines,
            signals={name: round(share, 4) for name, share in ranked.signals.items()},
            because=ranked.because,
        )


def _signals(candidate: Candidate) -> dict[str, float | None]:
    return {
        "words": candidate.words,
        "passage": candidate.passage,
        "whole": candidate.whole,
    }
