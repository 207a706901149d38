"""Candidates together with their standings, put in order and shown as hits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.memories import fetch_by_revision, selected_revisions
from memory.ledger.passages import passages_of
from memory.models.answer import Hit
from memory.models.kinds import NO_LONGER_IN_FORCE, Status
from memory.retrieval.candidates import measure
from memory.retrieval.precedence import lift_successors
from memory.retrieval.ranking import EARNED, rank
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.models.passage import Passage
    from memory.models.selection import Selection
    from memory.models.standing import Standing
    from memory.retrieval.candidates import Candidate, Question
    from memory.retrieval.ranking import Ranked, Weights
    from memory.retrieval.relevance import Relevance


class Pool:
    """What may answer one question."""

    def __init__(self, db: Database, question: Question, selection: Selection) -> None:
        self._db = db
        self._question = question
        self._selection = selection
        self._candidates: dict[str, Candidate] = {}  # by uid
        self._standings: dict[str, Standing] = {}  # of those that are bound to others
        self._first: dict[str, str] = {}  # by uid, why a candidate comes before all others
        self._earned: Mapping[str, float] = {}  # by uid, -1 to 1

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Afterwards these are in the pool, and what is in force in their place, if selected."""
        lens = self._selection.lens
        fresh = {candidate.uid: candidate for candidate in candidates}
        self._candidates |= fresh
        bound = fetch_standings(self._db, lens, fresh, only_bound=True)
        self._standings |= bound
        in_force = {current for uid in bound.keys() & fresh for current in bound[uid].current}
        missing = in_force - self._candidates.keys()
        revisions = selected_revisions(self._db, self._selection, missing) if missing else {}
        if revisions:
            found = measure(self._db, self._question, revisions.values(), {})
            self._candidates |= {candidate.uid: candidate for candidate in found}

    def put_first(self, reasons: Mapping[str, str]) -> None:
        """Candidates that the question asks for by name, by uid, with the reason to be shown."""
        self._first |= reasons

    def add_earned(self, earned: Mapping[str, float]) -> None:
        """What served in like tasks is in the pool, if selected, and how each served counts."""
        self._earned = earned
        helped = {uid for uid, value in earned.items() if value > 0} - self._candidates.keys()
        revisions = selected_revisions(self._db, self._selection, helped) if helped else {}
        if revisions:
            self.add(measure(self._db, self._question, revisions.values(), {}))

    @property
    def knows_meaning(self) -> bool:
        """Whether the question could be compared with the memories' embeddings."""
        return self._question.vector is not None

    def ranked(self, weights: Weights) -> list[Ranked]:
        """All candidates, best first, ties by uid, what is in force before what it replaced."""
        ranked = rank(
            list(self._candidates),
            [self._signals(one) for one in self._candidates.values()],
            weights,
            aside=self._aside(),
        )
        for one in ranked:
            if one.uid in self._first:
                one.because, one.score = self._first[one.uid], 1.0
        ranked.sort(key=lambda one: one.uid not in self._first)
        return self._standing_as_wanted(lift_successors(ranked, self._standings))

    def _aside(self) -> set[str]:
        """What archmem worked out itself: it adds to what people wrote, and hides none of it.

        Whoever asks for certain kinds of memories wants these like any other.
        """
        if self._selection.kinds:
            return set()
        return {uid for uid, one in self._candidates.items() if one.head.derived}

    def candidate(self, uid: str) -> Candidate:
        """The candidate with this uid, which is in the pool."""
        return self._candidates[uid]

    def hits(self, ranked: Sequence[Ranked], relevance: Relevance | None = None) -> list[Hit]:
        """Ranked candidates as they are shown, each with the passage that answers best.

        Args:
            ranked: Best first.
            relevance: Says how likely each answers, where the question is somebody's text.
        """
        by_revision = {self._candidates[one.uid].head.revision_id: one for one in ranked}
        memories = fetch_by_revision(self._db, by_revision)
        unbound = [one.uid for one in ranked if one.uid not in self._standings]
        standings = self._standings | fetch_standings(self._db, self._selection.lens, unbound)
        hits = []
        for revision_id, one in by_revision.items():
            passage = self._best_passage(self._candidates[one.uid])
            hit = Hit(
                memory=memories[revision_id],
                standing=standings[one.uid],
                score=round(one.score, 4),
                relevance=self._relevance(one.uid, relevance),
                heading=passage.heading,
                passage=passage.text,
                lines=passage.lines_in(memories[revision_id].lines),
                signals={name: round(share, 4) for name, share in one.signals.items()},
                because=one.because,
            )
            hits.append(hit)
        return hits

    def _relevance(self, uid: str, relevance: Relevance | None) -> float | None:
        """How likely it answers; there is no doubt about what the question calls by its name."""
        if relevance is None:
            return None
        likely = 1.0 if uid in self._first else relevance.of(self._candidates[uid])
        return None if likely is None else round(likely, 4)

    def _standing_as_wanted(self, ranked: list[Ranked]) -> list[Ranked]:
        """Those whose standing is selected, which SQL alone cannot tell."""
        wanted = self._selection.statuses
        if not wanted:
            return ranked
        uids = [one.uid for one in ranked]
        standings = fetch_standings(self._db, self._selection.lens, uids)
        return [one for one in ranked if standings[one.uid].status in wanted]

    def _signals(self, candidate: Candidate) -> dict[str, float | None]:
        return {
            "words": candidate.words,
            "passage": candidate.passage,
            "whole": candidate.whole,
            "force": float(Status(candidate.head.status) not in NO_LONGER_IN_FORCE),
            EARNED: self._earned.get(candidate.uid),
        }

    def _best_passage(self, candidate: Candidate) -> Passage:
        """The nearest passage, or without vectors the one with most of the question's words."""
        passages = passages_of(self._db, candidate.head.revision_id)
        if candidate.best is not None:
            return passages[candidate.best]
        return max(passages, key=lambda passage: _count(passage, self._question.words))


def _count(passage: Passage, words: Sequence[str]) -> int:
    text = passage.embedded_text.lower()
    return sum(word in text for word in words)
