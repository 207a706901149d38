"""Gathers what is known around each step of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.fulltext import count_holders
from memory.ledger.memories import count_revisions
from memory.lessons.evidence import with_bearing
from memory.models.flags import STILL_OPEN
from memory.models.kinds import Kind
from memory.models.selection import Selection
from memory.plans.split_add_remove import read_step
from memory.plans.weighing import Surroundings
from memory.retrieval.ranking import load_weights
from memory.retrieval.relevance import relevance_in
from memory.retrieval.search import gather_pool
from memory.retrieval.tried import tried
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.answer import Hit
    from memory.models.plan import Step
    from memory.models.selection import Lens
    from memory.retrieval.meaning import Meaning

HITS = 24  # decisions and lessons around a step that are looked at
ATTEMPTS = 8  # refactorings, likewise
FLAGS = 3  # likewise
#: Below this relevance a memory has nothing to do with a step: of the decisions that 40 steps over
#: the sample project are about, none had less than 0.2.
REMOTE = 0.05


def look_around(db: Database, step: Step, lens: Lens, meaning: Meaning) -> Surroundings:
    """What is known around a step, the most relevant first; a final stop makes no difference."""
    said = step.text.strip().rstrip(".;!") or step.text
    step = step.model_copy(update={"text": said})
    selection = Selection(kinds=(Kind.DECISION, Kind.LESSON), lens=lens)
    pool = gather_pool(db, step.text, selection, meaning)
    ranked = pool.ranked(load_weights())
    hits = pool.hits(ranked[:HITS], relevance_in(db))
    shown = {hit.memory.uid for hit in hits}
    current = {uid for hit in hits for uid in hit.standing.current}
    beyond = [one for one in ranked[HITS:] if one.uid in current - shown]
    hits += pool.hits(beyond, relevance_in(db))
    attempts = tried(db, step.text, (), meaning=meaning, limit=ATTEMPTS, lens=lens).attempts
    heirs = {hit.memory.uid: hit for hit in hits if hit.memory.uid in current}  # remote ones too
    hits = [hit for hit in hits if hit.relevance is None or hit.relevance >= REMOTE]
    hits.sort(key=lambda hit: (-(hit.relevance or 0.0), -hit.score, hit.memory.uid))
    return Surroundings(
        intent=read_step(step.text),
        hits=with_bearing(db, lens, hits),
        attempts=with_bearing(db, lens, attempts),
        heirs=heirs,
        flags=_open_flags(db, step, lens, meaning),
    )


def _open_flags(db: Database, step: Step, lens: Lens, meaning: Meaning) -> tuple[Hit, ...]:
    selection = Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=lens)
    pool = gather_pool(db, step.text, selection, meaning)
    ranked = pool.ranked(load_weights())
    return tuple(pool.hits(ranked[:FLAGS], relevance_in(db)))


def rarity_of(db: Database, texts: Iterable[str]) -> dict[str, float]:
    """How rare each stem of some texts is among all memories: 1 for one that none has."""
    total = count_revisions(db) + 1
    words = set[str]().union(*map(stems, texts))
    holders = count_holders(db, words)
    return {word: 1.0 - holders.get(word, 0) / total for word in words}
