"""How near memories are to a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.briefs.worth import AGENTS_MODULE, HELPED, OWN_MODULE, TO_THE_POINT, affinity
from memory.retrieval.relevance import relevance_in
from memory.texts.modules import same_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.retrieval.candidates import Candidate


class Nearness(NamedTuple):
    """How near a memory is to a task."""

    affinity: float  # 0 to 1, what belongs to the same modules included
    relevance: float  # how likely it answers by itself, 0 to 1


def nearness_of(
    db: Database,
    candidates: Mapping[str, Candidate],
    modules: Mapping[str, frozenset[str]],
    asked_for: Sequence[str],
    concerned: Sequence[str],
    served: Mapping[str, float],
) -> dict[str, Nearness]:
    """How near each candidate is to the task, by uid."""
    relevances = _relevances(db, candidates)
    best = max(relevances.values(), default=0.0)
    near = {}
    for uid in candidates:
        belonging = OWN_MODULE if same_modules(asked_for, modules[uid]) else 0.0
        belonging = belonging or (AGENTS_MODULE if same_modules(concerned, modules[uid]) else 0.0)
        belonging = max(belonging, HELPED * served.get(uid, 0.0))
        near[uid] = Nearness(affinity(relevances[uid], best, belonging), relevances[uid])
    return near


def _relevances(db: Database, candidates: Mapping[str, Candidate]) -> dict[str, float]:
    """How likely each answers, 0 to 1; by its words or its bare cosine where nobody can say."""
    fitted = relevance_in(db)
    most = max((one.words for one in candidates.values()), default=0.0) or 1.0
    found = {}
    for uid, one in candidates.items():
        likely = fitted.of(one) if fitted else None
        if likely is None:
            likely = max(one.words / most, one.passage or 0.0) * TO_THE_POINT
        found[uid] = likely
    return found
