"""Gathers what is known around each step of a plan."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple, cast

from memory.kinds.vocabulary import Kind
from memory.lessons.evidence import with_bearing
from memory.models.flags import STILL_OPEN
from memory.models.selection import Selection
from memory.norms.sides import read_step
from memory.retrieval.calibration import relevance_in
from memory.retrieval.pool import hits_of
from memory.retrieval.query_parser import search_words
from memory.retrieval.rank import load_weights
from memory.retrieval.search import MORE, attempts_of, gather_pools
from memory.texts.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.metrics.measurement_series import Track
    from memory.models.answer import Attempt, Hit
    from memory.models.plan import Step
    from memory.models.selection import Lens
    from memory.norms.sides import Intent
    from memory.retrieval.meaning import Meaning
    from memory.retrieval.pool import Pool
    from memory.retrieval.rank import Ranked

HITS = 24  # decisions and lessons around a step that are looked at
ATTEMPTS = 8  # refactorings, likewise
FLAGS = 3  # likewise
#: Below this relevance a memory has nothing to do with a step: of the decisions that 40 steps over
#: the sample project are about, none had less than 0.2.
REMOTE = 0.05


class Surroundings(NamedTuple):
    """What is known around a step, the most relevant first."""

    intent: Intent
    hits: tuple[Hit, ...]  # decisions and lessons
    attempts: tuple[Attempt, ...]  # refactorings
    heirs: Mapping[str, Hit]  # what is in force in the place of hits that are not, by uid
    flags: tuple[Hit, ...] = ()  # that are open


def look_around(
    db: Database, steps: Sequence[Step], lens: Lens, meaning: Meaning, tracks: Sequence[Track]
) -> list[Surroundings]:
    """What is known around each step, the most relevant first, read at once.

    A final stop makes no difference.
    """
    texts = [step.text.strip().rstrip(".;!") or step.text for step in steps]
    intents = [read_step(text) for text in texts]
    sought = {stem(word) for text in texts for word in search_words(text)}
    counted = db.passages.count_words(sought)
    selections = [
        Selection(kinds=(Kind.DECISION, Kind.LESSON), lens=lens),
        Selection(kinds=(Kind.REFACTORING,), lens=lens),
        Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=lens),
    ]
    asked: list[tuple[Pool, list[Ranked]]] = []
    for decisions, refactorings, flags in gather_pools(db, texts, selections, meaning, counted):
        ranked = decisions.ranked(load_weights())
        near, rest = ranked[:HITS], ranked[HITS:]
        current = {uid for one in near for uid in decisions.current(one.uid)}
        asked.append((decisions, near + [one for one in rest if one.uid in current]))
        asked.append((refactorings, refactorings.ranked(load_weights())[: ATTEMPTS + MORE]))
        asked.append((flags, flags.ranked(load_weights())[:FLAGS]))
    found = hits_of(asked, relevance_in(db))
    attempts = attempts_of(db, lens, found[1::3], ATTEMPTS)
    heirs = [_heirs(hits) for hits in found[::3]]  # remote ones too
    hits = [_by_relevance(some) for some in found[::3]]
    told: list[Hit] = [*chain(*hits), *chain(*attempts)]
    known = iter(with_bearing(db, lens, told, tracks))
    all_hits = [tuple(islice(known, len(some))) for some in hits]
    tried = cast("Iterator[Attempt]", known)
    return [
        Surroundings(
            intent=intent,
            hits=all_hits[at],
            attempts=tuple(islice(tried, len(attempts[at]))),
            heirs=heirs[at],
            flags=tuple(found[3 * at + 2]),
        )
        for at, intent in enumerate(intents)
    ]


def _heirs(hits: Sequence[Hit]) -> dict[str, Hit]:
    """What is in force in the place of others, by uid."""
    current = {uid for hit in hits for uid in hit.standing.current}
    return {hit.memory.uid: hit for hit in hits if hit.memory.uid in current}


def _by_relevance(hits: Sequence[Hit]) -> list[Hit]:
    near = [hit for hit in hits if hit.relevance is None or hit.relevance >= REMOTE]
    return sorted(near, key=lambda hit: (-(hit.relevance or 0.0), -hit.score, hit.memory.uid))
