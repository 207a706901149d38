"""How memories served in runs with a like task: which helped, and which misled."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import LinkType
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from memory.ledger.interface.database import Database
    from memory.ledger.interface.kind_rows import FinishedRun
    from memory.models.memory import Link
    from memory.models.selection import Lens
    from memory.retrieval.candidates import Question

#: Cosines of two tasks between which they go from having nothing in common to being the same
#: work. Of the 630 pairs of tasks in data/sample/runs.jsonl half have less than the first, and
#: one in a hundred has more than the second.
STRANGE, SAME = 0.1, 0.5

#: The weight of runs that never were, half of which helped and half misled: the uniform prior
#: of `confidence`. One run with the same task that a memory helped gives it 1/3, two give 1/2.
NEVER_WERE = 2.0
NEAR_TASKS = 200  # texts nearest to a question among which tasks are looked for
_OUTCOMES = (LinkType.HELPED_BY, LinkType.MISLED_BY)


def earned(
    db: Database, question: Question, lens: Lens, modules: Collection[str] = ()
) -> dict[str, float]:
    """How memories served in finished runs with a task like this one, by uid.

    From -1, always misled, to 1, always helped; what never did either is left out. It is the
    mean of a Beta posterior, stretched from 0 … 1 to -1 … 1, in which each run counts by the
    likeness of its task: by meaning, or by words where no model can be asked. Where modules are
    given, that is one half of it, and the share of modules in common is the other: what helps
    in a module helps there again, whatever the words (benchmarks/replay.py).

    Args:
        db: An open ledger.
        question: The task, or anything that somebody asks.
        lens: From when to look.
        modules: That the task concerns; none where nobody says.
    """
    runs = db.runs.finished(lens)
    if not runs:
        return {}
    likeness = _likeness(question, runs)
    if modules:
        likeness = {
            run.uid: (likeness[run.uid] + _in_common(modules, run.modules)) / 2 for run in runs
        }
    alike = {uid: weight for uid, weight in likeness.items() if weight > 0}
    links = db.links.fetch(lens, alike, types=_OUTCOMES)
    return weigh_outcomes(alike, links)


def earned_among(
    db: Database, question: Question, lens: Lens, uids: Sequence[str]
) -> dict[str, float]:
    """How memories served, as `earned` says it, without a look at every run there is.

    Of the runs only those count that name one of these memories, and those whose task is among
    the texts nearest to the question.

    Args:
        db: An open ledger.
        question: Anything that somebody asks.
        lens: From when to look.
        uids: Of what was found.
    """
    near: list[str] = []
    if question.vector is not None and question.neighbours is not None:
        near = [one.text_hash for one in question.neighbours.nearest(question.vector, NEAR_TASKS)]
    runs, links = db.runs.outcomes(lens, uids, near)
    alike = {uid: weight for uid, weight in _likeness(question, runs).items() if weight > 0}
    return weigh_outcomes(alike, links)


def weigh_outcomes(alike: Mapping[str, float], links: Iterable[Link]) -> dict[str, float]:
    """What memories earned in runs, by uid.

    Args:
        alike: How much each run counts, 0 to 1, by uid.
        links: Of runs to what helped or misled them.
    """
    helped: dict[str, list[float]] = defaultdict(list)
    misled: dict[str, list[float]] = defaultdict(list)
    for link in links:
        side = helped if link.type is LinkType.HELPED_BY else misled
        side[link.target].append(alike.get(link.source, 0.0))
    found = {}
    for uid in sorted({*helped, *misled}):
        gain, loss = math.fsum(helped[uid]), math.fsum(misled[uid])
        if gain != loss:
            found[uid] = (gain - loss) / (gain + loss + NEVER_WERE)
    return found


def _likeness(question: Question, runs: Sequence[FinishedRun]) -> dict[str, float]:
    """How like each run's task is, 0 to 1, by the run's uid."""
    if question.vector is None or question.neighbours is None:
        return {run.uid: _by_words(question.words, run.task) for run in runs}
    likeness = {}
    for run in runs:
        about = question.neighbours.centroid([run.text_hash] if run.text_hash else [])
        if about is None:  # not embedded yet
            likeness[run.uid] = _by_words(question.words, run.task)
        else:
            cosine = float(about @ question.vector)
            likeness[run.uid] = min(1.0, max(0.0, (cosine - STRANGE) / (SAME - STRANGE)))
    return likeness


def _in_common(some: Iterable[str], others: Iterable[str]) -> float:
    """The share of names that two lists have in common, 0 to 1."""
    ours, theirs = ({name.casefold() for name in names} for names in (some, others))
    return len(ours & theirs) / (len(ours | theirs) or 1)


def _by_words(words: Sequence[str], task: str) -> float:
    """The share of words that two texts have in common, 0 to 1."""
    ours, theirs = set(words), set(content_words(task))
    return 2 * len(ours & theirs) / ((len(ours) + len(theirs)) or 1)
