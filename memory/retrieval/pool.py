"""Candidates together with their standings, put in order and shown as hits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory.kinds.baseline import SPEC as BASELINE
from memory.kinds.vocabulary import NO_LONGER_IN_FORCE, Status
from memory.metrics.measurement_series import read_tracks_with
from memory.models.answer import Hit
from memory.retrieval.candidates import are_alike, measure_heads
from memory.retrieval.rank import (
    EARNED,
    LOOKED_AT,
    lift_later,
    lift_successors,
    put_newest_first,
    rank,
)
from memory.standings import named_in, read_standings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory, Passage
    from memory.models.selection import Selection
    from memory.models.standing import Standing
    from memory.retrieval.calibration import Relevance
    from memory.retrieval.candidates import Candidate, Question
    from memory.retrieval.rank import Ranked, RankWeights


LEADERS = 3  # first hits; one of them has to be to the point for something to be known


class Pool:
    """What may answer one question."""

    def __init__(self, db: Database, question: Question, selection: Selection) -> None:
        self._db = db
        self.question = question
        self._selection = selection
        self._candidates: dict[str, Candidate] = {}  # by uid
        self._standings: dict[str, Standing] = {}  # of all of them and what they are bound to
        self._first: dict[str, str] = {}  # by uid, why a candidate comes before all others
        self._earned: Mapping[str, float] = {}  # by uid, -1 to 1
        self._titles: dict[str, str] = {}  # of all whose standing is known, by uid
        self._order: list[Ranked] = []  # all that are selected, as they were ranked last

    def add(self, candidates: Sequence[Candidate]) -> None:
        """Afterwards these are in the pool, and what is in force in their place, if selected."""
        add_to_pools([self], [candidates])

    def current(self, uid: str) -> tuple[str, ...]:
        """What to read in the place of a candidate."""
        return self._standings[uid].instead

    @property
    def uids(self) -> list[str]:
        """Of all candidates."""
        return list(self._candidates)

    def put_first(self, reasons: Mapping[str, str]) -> None:
        """Candidates that the question asks for by name, by uid, with the reason to be shown."""
        self._first |= reasons

    def add_earned(self, earned: Mapping[str, float]) -> None:
        """What served in like tasks is in the pool, if selected, and how each served counts."""
        self._earned = earned
        helped = {uid for uid, value in earned.items() if value > 0} - self._candidates.keys()
        if heads := self._db.memories.heads_of(self._selection, helped) if helped else ():
            self.add(measure_heads(self.question, heads))

    @property
    def knows_meaning(self) -> bool:
        """Whether the question could be compared with the memories' embeddings."""
        return self.question.vector is not None

    def ranked(self, weights: RankWeights) -> list[Ranked]:
        """All candidates, best first, ties by uid, what is in force before what it replaced."""
        ranked = rank(
            list(self._candidates),
            [self._signals(one) for one in self._candidates.values()],
            weights,
            aside=self._derived(),
        )
        ranked = lift_later(ranked, self._earlier([one.uid for one in ranked[:LOOKED_AT]]))
        ranked = put_newest_first(ranked, self._newest([one.uid for one in ranked[:LOOKED_AT]]))
        for one in ranked:
            if one.uid in self._first:
                one.because, one.score = self._first[one.uid], 1.0
        ranked.sort(key=lambda one: one.uid not in self._first)
        self._order = self._standing_as_wanted(lift_successors(ranked, self._standings))
        return self._order

    def known(self, relevance: Relevance) -> float | None:
        """How likely what was ranked first has to do with the question; None if nobody can say.

        One of the first few is enough: what holds may stand there in the place of what is meant.
        """
        likely = [self.relevance(one.uid, relevance) for one in self._order[:LEADERS]]
        return max((one for one in likely if one is not None), default=None)

    def _chances(self, relevance: Relevance) -> dict[str, float]:
        """How likely each that was ranked is the answer, by uid; nothing where nobody can say.

        By words alone it is how much of the question's words the first few have, at the most.
        """
        if not self.knows_meaning:
            most = max(
                (self._candidates[one.uid].share for one in self._order[:LEADERS]), default=0.0
            )
            highest = max((one.score for one in self._order), default=0.0) or 1.0
            return {
                one.uid: 1.0 if one.uid in self._first else min(1.0, most) * one.score / highest
                for one in self._order
            }
        known = self.known(relevance)
        if known is None:
            return {}
        shares = relevance.shares([one.score for one in self._order])
        chances = {one.uid: known * share for one, share in zip(self._order, shares, strict=True)}
        return chances | dict.fromkeys(chances.keys() & self._first, 1.0)

    def _earlier(self, uids: Sequence[str]) -> dict[str, list[str]]:
        """Of each of these that holds, those among them that it takes up again, being later.

        A proposal takes up proposals only, a measurement nothing: its series says which is newest.
        """
        uids = [uid for uid in uids if not _is_measured(uid)]
        found: dict[str, list[str]] = {}
        for uid in uids:
            one, status = self._candidates[uid], self._standings[uid].status
            if status in NO_LONGER_IN_FORCE or not one.head.valid_from:
                continue
            named = json.loads(one.head.named)
            found[uid] = [
                other
                for other in uids
                if other != uid
                and (status is not Status.PROPOSED or self._is_proposed(other))
                and (began := self._candidates[other].head.valid_from)
                and began < one.head.valid_from
                and (other in named or are_alike(one, self._candidates[other]))
            ]
        return found

    def _newest(self, uids: Sequence[str]) -> dict[str, str]:
        """Of each measurement in the series of these that is not the newest, that one."""
        measured = [uid for uid in uids if _is_measured(uid)]
        if not measured:
            return {}
        tracks = read_tracks_with(self._db, self._selection.lens, measured)
        return {one.uid: track.newest.uid for track in tracks for one in track.measured[:-1]}

    def _is_proposed(self, uid: str) -> bool:
        return self._standings[uid].status is Status.PROPOSED

    def _derived(self) -> set[str]:
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
        """Ranked candidates as they are shown, each with the passage that answers best."""
        return hits_of([(self, ranked)], relevance)[0]

    def titles(self, hits: Iterable[Hit]) -> dict[str, str]:
        """What the memories are called that the standings of some of its hits name, by uid."""
        named = named_in(hit.standing for hit in hits)
        return {uid: self._titles[uid] for uid in sorted(named & self._titles.keys())}

    def place_of(self, one: Ranked) -> tuple[int, int | None]:
        """The revision of a candidate, and its nearest passage; None where none is known."""
        candidate = self._candidates[one.uid]
        return candidate.head.revision_id, candidate.best

    def hit(
        self,
        one: Ranked,
        memory: Memory,
        passages: Sequence[Passage],
        relevance: Relevance | None,
        chances: Mapping[str, float],
    ) -> Hit:
        """A candidate as it is shown, with the one of some passages that answers best."""
        passage = max(passages, key=lambda passage: _count(passage, self.question.words))
        return Hit(
            memory=memory,
            standing=self._standings[one.uid],
            score=round(chances.get(one.uid, one.score), 4),
            relevance=self.relevance(one.uid, relevance) if relevance else None,
            heading=passage.heading,
            passage=passage.text,
            lines=passage.lines_in(memory.lines),
            signals={name: round(share, 4) for name, share in one.signals.items()},
            because=one.because,
        )

    def relevance(self, uid: str, relevance: Relevance) -> float | None:
        """How likely a candidate is to the point; what the question calls by its name is."""
        likely = 1.0 if uid in self._first else relevance.of(self._candidates[uid])
        return None if likely is None else round(likely, 4)

    def _standing_as_wanted(self, ranked: list[Ranked]) -> list[Ranked]:
        """Those whose standing is selected, which SQL alone cannot tell."""
        wanted = self._selection.statuses
        if not wanted:
            return ranked
        return [one for one in ranked if self._standings[one.uid].status in wanted]

    def _signals(self, candidate: Candidate) -> dict[str, float | None]:
        return {
            "words": candidate.words,
            "passage": candidate.passage,
            "opening": candidate.opening,
            "force": float(Status(candidate.head.status) not in NO_LONGER_IN_FORCE),
            EARNED: self._earned.get(candidate.uid),
        }


def _is_measured(uid: str) -> bool:
    return uid.startswith(f"{BASELINE.prefix}-")


def add_to_pools(pools: Sequence[Pool], found: Sequence[Sequence[Candidate]]) -> None:
    """Add candidates to pools of one ledger and lens, with what is in force in their place.

    Args:
        pools: At least one.
        found: The candidates of each.
    """
    db, lens = pools[0]._db, pools[0]._selection.lens
    standings, titles = read_standings(db, lens, {one.uid for some in found for one in some})
    by_selection: dict[str, list[Pool]] = {}
    for pool, some in zip(pools, found, strict=True):
        pool._candidates |= {candidate.uid: candidate for candidate in some}
        pool._standings |= standings
        pool._titles |= titles
        by_selection.setdefault(pool._selection.model_dump_json(), []).append(pool)
    for alike in by_selection.values():
        missing = {
            current
            for pool in alike
            for uid in pool._candidates.keys() & standings
            for current in standings[uid].instead
            if current not in pool._candidates
        }
        heads = db.memories.heads_of(alike[0]._selection, missing) if missing else ()
        for pool in alike:
            bound = {
                one for uid in pool._candidates.keys() & standings for one in standings[uid].instead
            }
            own = [one for one in heads if one.uid in bound - pool._candidates.keys()]
            more = measure_heads(pool.question, own)
            pool._candidates |= {candidate.uid: candidate for candidate in more}


def hits_of(
    asked: Sequence[tuple[Pool, Sequence[Ranked]]], relevance: Relevance | None = None
) -> list[list[Hit]]:
    """Ranked candidates of pools of one ledger as they are shown, read all at once.

    Args:
        asked: Pools, and what is shown of each, best first.
        relevance: Says how likely each answers, where the question is somebody's text; without
            it a score is what its hit was ranked by.
    """
    places = {pool.place_of(one) for pool, ranked in asked for one in ranked}
    if not places:
        return [[] for _ in asked]
    db = asked[0][0]._db
    told = db.memories.at_places(places)
    found = []
    for pool, ranked in asked:
        chances = pool._chances(relevance) if relevance else {}
        found.append(
            [pool.hit(one, *told[pool.place_of(one)], relevance, chances) for one in ranked]
        )
    return found


def _count(passage: Passage, words: Sequence[str]) -> int:
    text = passage.embedded_text.lower()
    return sum(word in text for word in words)
