"""Gathers the whole memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.briefs.material import Found, Gathered, Owner, was_measured_again
from memory.ledger.labels import known_modules, module_counts
from memory.ledger.memories import list_memories, titles_of
from memory.lessons.evidence import with_bearing
from memory.metrics.measurement_series import read_latest
from memory.models.answer import Listed
from memory.models.selection import Selection
from memory.retrieval.standings import fetch_standings, named_in
from memory.texts.agent_names import alike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Lens
    from memory.models.series import Series

PAST = 0.4  # what is over, or was measured again, counts for so much of what is not


def gather_all(
    db: Database,
    task: str,
    modules: Sequence[str],
    agents: Sequence[str],
    lens: Lens,
) -> Gathered:
    """The whole memory, as far as the lens shows it; every agent has a slice if none is named.

    Nothing is asked of the model. What is in force counts for more than what is over.
    """
    known = known_modules(db)
    memories = list_memories(db, Selection(lens=lens))
    standings = fetch_standings(db, lens, [memory.uid for memory in memories])
    listed = [Listed(memory=one, standing=standings[one.uid]) for one in memories]
    series = {one.latest.uid: one for one in read_latest(db, lens)}
    names = agents or sorted({one.revision.draft.agent or "" for one in memories} - {""})
    found = tuple(
        Found(
            listed=one,
            near=1.0 if _counts_today(one, series) else PAST,
            relevance=0.0,  # nothing was asked
            modules=frozenset(one.memory.revision.draft.modules),
            vector=None,
            words=frozenset(),
        )
        for one in sorted(with_bearing(db, lens, listed), key=lambda one: one.memory.uid)
    )
    return Gathered(
        task=task,
        modules=tuple(dict.fromkeys(modules)),
        owners=tuple(Owner(name, frozenset(alike(name, names)), frozenset()) for name in names),
        found=found,
        series=series,
        titles=titles_of(db, named_in(one.listed.standing for one in found)),
        counts=module_counts(db, lens, modules or known),
        known_modules=tuple(known),
        nearby=(),
        total=len(memories),
        earned={},
        complete=True,
        reason="",
    )


def _counts_today(listed: Listed, series: Mapping[str, Series]) -> bool:
    return listed.standing.in_force and not was_measured_again(listed.memory, series)
