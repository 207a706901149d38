"""Gathers what may belong in a brief: what is near a task and concerns its modules, or everything.

What is known comes from providers; a source of facts that are no memories adds one to `PROVIDERS`
or items of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from memory.briefs.render_memory import RenderedMemory, render_memory
from memory.briefs.scoring import (
    AGENTS_MODULE,
    HELPED,
    OWN_MODULE,
    TO_THE_POINT,
    Owner,
    Place,
    affinity,
    place_of,
    warns,
    worth,
)
from memory.kinds.vocabulary import Kind, Status
from memory.ledger.modules import module_names
from memory.lessons.evidence import with_bearing
from memory.lessons.outcome_scores import earned
from memory.metrics.measurement_series import read_latest
from memory.models.answer import Listed
from memory.models.details import Baseline, Flag, Served
from memory.models.flags import STILL_OPEN, is_blocking, parties, urgency
from memory.models.selection import Selection
from memory.providers import Subject, collect
from memory.retrieval.calibration import relevance_in
from memory.retrieval.candidates import Candidate, Question, gather, measure
from memory.retrieval.query_parser import search_words
from memory.standings import fetch_standings, named_in
from memory.texts.agent_names import alike
from memory.texts.modules import distinct_modules, modules_in, same_modules
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from memory.ledger.interface.database import Database
    from memory.models.memory import Memory
    from memory.models.selection import Lens
    from memory.models.series import Series
    from memory.providers import Provider
    from memory.retrieval.meaning import Meaning

_NO_MODEL = "found by words only: the model could not be asked"
MOST = 200  # memories that are looked at closely, the nearest; a brief tells some dozens
AT_HAND = 0.7  # affinity from which a memory's modules are likely to be concerned
MOST_OPEN = 300  # of open flags that do not block and unfinished runs, looked at however far
PAST = 0.4  # of everything, what is over, or was measured again, counts for so much
OTHER_SORT = 0.75  # what is left of the likeness of two sorts


@dataclass(frozen=True)
class BriefItem:
    """Something that may be told in a brief."""

    uid: str
    place: Place
    near: float  # affinity to the task, 0 to 1
    relevance: float  # how likely it answers by itself, 0 to 1
    worth: float  # of reading it, 0 or more
    modules: frozenset[str]  # that it concerns, by its source or by its text
    vector: NDArray[np.float32] | None  # what it is about, of length 1
    words: frozenset[str]  # of its title
    sort: Hashable  # what is of another sort is less alike than it seems
    urgency: tuple[float | str, ...] | None  # of a flag: the smaller, the more urgent
    is_blocking: bool
    warns: bool  # tells of what did not work
    memory: Memory
    render: Callable[[], RenderedMemory]

    @property
    def served(self) -> Served:
        """What is kept of it with a run."""
        revision = self.memory.revision
        return Served(uid=self.uid, revision=revision.number, digest=revision.draft.digest)

    def likeness(self, other: BriefItem) -> float:
        """The cosine of what both are about; of their titles' words where one has none.

        Memories of different kinds or standings are less alike than they seem: that something
        was undone is told neither by the decision to do it nor by the second attempt.
        """
        if self.vector is not None and other.vector is not None:
            alike = float(self.vector @ other.vector)
        else:
            union = len(self.words | other.words)
            alike = len(self.words & other.words) / union if union else 0.0
        return alike if self.sort == other.sort else alike * OTHER_SORT


@dataclass(frozen=True)
class Gathered:
    """All that a brief is made of."""

    task: str
    modules: tuple[str, ...]  # given, or named in the task
    owners: tuple[Owner, ...]
    items: tuple[BriefItem, ...]  # by uid
    counts: Mapping[str, Mapping[str, int]]  # memories by module asked about, and by kind
    known_modules: tuple[str, ...]
    nearby: tuple[str, ...]  # modules of what is to the point, where none was asked about
    total: int  # memories that the lens shows
    reason: str  # why it is not complete; "" where it is


def gather_for_task(
    db: Database,
    task: str,
    modules: Sequence[str],
    agents: Sequence[str],
    lens: Lens,
    meaning: Meaning,
) -> Gathered:
    """What may belong in a brief for a task, as far as the lens shows it.

    Args:
        db: An open ledger.
        task: In plain words.
        modules: That it is about; none for those that it names.
        agents: That get a slice.
        lens: From when to look.
        meaning: Encodes the task and finds what is near it.
    """
    known = tuple(module_names(db))
    asked_for = distinct_modules(modules) or modules_in(task, known)
    agents_known = db.memories.agents()
    owners = tuple(_owner(db, name, lens, agents_known, known) for name in dict.fromkeys(agents))
    owned = sorted({one for owner in owners for one in owner.modules})
    concerned = tuple(sorted(distinct_modules([*asked_for, *owned])))
    vector = meaning.encode_query(task)
    neighbours = meaning.neighbours if vector is not None else None
    question = Question(search_words(task), vector, neighbours)
    names = {name for owner in owners for name in owner.agents}
    names |= {name for module in concerned for name in alike(module, agents_known)}
    subject = Subject(task, lens, question, concerned, tuple(sorted(names)))
    served = earned(db, question, lens, asked_for)

    open_uids = {one.uid for one in _still_open(db, subject)}
    found = collect(PROVIDERS, db, subject, key=lambda one: one.uid)
    found |= {one.uid: one for one in _further(db, subject, found, served)}
    own = _modules_of(db, found, known)
    relevances = _relevances(db, found)
    best = max(relevances.values(), default=0.0)
    near = {}
    for uid in found:
        belonging = OWN_MODULE if same_modules(asked_for, own[uid]) else 0.0
        belonging = belonging or (AGENTS_MODULE if same_modules(concerned, own[uid]) else 0.0)
        belonging = max(belonging, HELPED * served.get(uid, 0.0))
        near[uid] = affinity(relevances[uid], best, belonging)
    nearest = sorted(found, key=lambda uid: (-near[uid], uid))[:MOST]
    kept = sorted({uid for uid in nearest if near[uid] > 0} | open_uids)

    series = {one.latest.uid: one for one in read_latest(db, lens)}
    memories = db.memories.at_revisions([found[uid].head.revision_id for uid in kept])
    told = [
        memory
        for uid in kept
        if not _was_measured_again(memory := memories[found[uid].head.revision_id], series)
    ]
    best_at = {one.head.revision_id: one.best for one in map(found.__getitem__, kept)}
    passages = db.passages.texts({id_: at for id_, at in best_at.items() if at is not None})
    make = _ItemMaker(db, lens, told, series, owners)
    items = tuple(
        make.item(
            listed,
            near=near[uid],
            relevance=relevances[uid],
            earned=served.get(uid, 0.0),
            modules=own[uid] | _modules_of_parties(listed, known),
            candidate=found[uid],
            passage=passages.get(found[uid].head.revision_id, ""),
        )
        for listed in make.listed
        for uid in [listed.memory.uid]
    )
    return Gathered(
        task=task,
        modules=asked_for,
        owners=owners,
        items=items,
        counts=db.labels.counts(lens, distinct_modules([*asked_for, *concerned])),
        known_modules=known,
        nearby=() if asked_for else _nearby(items),
        total=db.memories.count(Selection(lens=lens)),
        reason=meaning.reason or meaning.gap or ("" if vector is not None else _NO_MODEL),
    )


def gather_all(
    db: Database, task: str, modules: Sequence[str], agents: Sequence[str], lens: Lens
) -> Gathered:
    """The whole memory, as far as the lens shows it; every agent has a slice if none is named.

    Nothing is asked of the model. What is in force counts for more than what is over.
    """
    known = tuple(module_names(db))
    memories = db.memories.select(Selection(lens=lens))
    series = {one.latest.uid: one for one in read_latest(db, lens)}
    names = agents or sorted({one.revision.draft.agent or "" for one in memories} - {""})
    owners = tuple(Owner(name, frozenset(alike(name, names)), frozenset()) for name in names)
    make = _ItemMaker(db, lens, sorted(memories, key=lambda one: one.uid), series, owners)
    items = []
    for listed in make.listed:
        over = not listed.standing.in_force or _was_measured_again(listed.memory, series)
        own = frozenset(listed.memory.revision.draft.modules)
        items.append(make.item(listed, near=PAST if over else 1.0, modules=own))
    return Gathered(
        task=task,
        modules=tuple(dict.fromkeys(modules)),
        owners=owners,
        items=tuple(items),
        counts=db.labels.counts(lens, modules or known),
        known_modules=known,
        nearby=(),
        total=len(memories),
        reason="",
    )


def _still_open(db: Database, subject: Subject) -> Iterable[Candidate]:
    """All flags that block, and the newest of the other open flags and unfinished runs."""
    unsettled = [
        Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=subject.lens),
        Selection(kinds=(Kind.RUN,), statuses=(Status.OPEN,), lens=subject.lens),
    ]
    ids = {one for part in unsettled for one in db.memories.newest_ids(part, limit=MOST_OPEN)}
    ids |= {*db.flags.blocking(subject.lens)}
    return measure(db, subject.question, sorted(ids))


def _newest(db: Database, subject: Subject) -> Iterable[Candidate]:
    """Without a model, what is newest of the modules and agents: it may have none of the words."""
    if subject.question.vector is not None:
        return ()
    parts = _own_parts(subject)
    ids = {one for part in parts for one in db.memories.newest_ids(part, limit=MOST)}
    return measure(db, subject.question, sorted(ids))


def _nearest(db: Database, subject: Subject) -> Iterable[Candidate]:
    """What is near the task, whatever it is."""
    derived = False if db.refactorings.has_derived() else None
    return gather(db, subject.question, Selection(derived=derived, lens=subject.lens))


def _experience(db: Database, subject: Subject) -> Iterable[Candidate]:
    """What was learned and tried near it, which decisions would crowd out."""
    kinds = (Kind.LESSON, Kind.RUN, Kind.REFACTORING)
    return gather(db, subject.question, Selection(kinds=kinds, lens=subject.lens))


def _own(db: Database, subject: Subject) -> Iterable[Candidate]:
    """What concerns the modules, and what the agents know."""
    parts = _own_parts(subject)
    return [one for part in parts for one in gather(db, subject.question, part)]


def _own_parts(subject: Subject) -> Iterator[Selection]:
    if subject.modules:
        yield Selection(modules=subject.modules, derived=False, lens=subject.lens)
    if subject.agents:
        yield Selection(agents=subject.agents, lens=subject.lens)


#: What a brief looks at. Of what several have, the last ones know how near it is.
PROVIDERS: tuple[Provider[Candidate], ...] = (_still_open, _newest, _nearest, _experience, _own)


def _further(
    db: Database, subject: Subject, found: Mapping[str, Candidate], served: Mapping[str, float]
) -> Iterable[Candidate]:
    """What holds in place of what was found, and what served in like tasks, if it was not found."""
    bound = fetch_standings(db, subject.lens, found, only_bound=True)
    instead = {uid for one in found.keys() & bound for uid in bound[one].current}
    further = {*instead, *served} - found.keys()
    revisions = db.memories.selected_revisions(Selection(lens=subject.lens), further).values()
    return measure(db, subject.question, revisions)


class _ItemMaker:
    """Makes items of memories, with what bears on them and the titles that they name."""

    def __init__(
        self,
        db: Database,
        lens: Lens,
        memories: Sequence[Memory],
        series: Mapping[str, Series],
        owners: Sequence[Owner],
    ) -> None:
        standings = fetch_standings(db, lens, [one.uid for one in memories])
        bare = [Listed(memory=one, standing=standings[one.uid]) for one in memories]
        self.listed = with_bearing(db, lens, bare)
        self._titles = db.memories.titles(named_in(one.standing for one in bare))
        self._series = series
        self._owners = owners

    def item(
        self,
        listed: Listed,
        *,
        near: float,
        modules: frozenset[str],
        relevance: float = 0.0,
        earned: float = 0.0,
        candidate: Candidate | None = None,
        passage: str = "",
    ) -> BriefItem:
        """One item; without a candidate, nothing was asked that it might answer."""
        memory = listed.memory
        return BriefItem(
            uid=memory.uid,
            place=place_of(listed, modules, self._owners),
            near=near,
            relevance=relevance,
            worth=worth(listed, near, earned),
            modules=modules,
            vector=candidate.centroid if candidate else None,
            words=frozenset(content_words(memory.title) if candidate else ()),
            sort=(memory.kind, listed.standing.status),
            urgency=urgency(listed) if memory.kind is Kind.FLAG else None,
            is_blocking=is_blocking(listed),
            warns=warns(listed),
            memory=memory,
            render=partial(
                render_memory,
                listed,
                self._titles,
                passage=passage,
                series=self._series.get(memory.uid),
            ),
        )


def _owner(
    db: Database, name: str, lens: Lens, known: Sequence[str], modules: Sequence[str]
) -> Owner:
    """An agent that was asked for, with the modules that its definition names."""
    names = alike(name, known)
    selection = Selection(kinds=(Kind.NOTE,), agents=names, lens=lens)
    notes = db.memories.newest_ids(selection, limit=MOST) if names else []
    own = {
        module
        for memory in db.memories.at_revisions(notes).values()
        if getattr(memory.revision.draft.details, "topic", "") == "definition"
        for module in memory.revision.draft.modules
    }
    return Owner(name, frozenset(names), frozenset({*own, *alike(name, modules)}))


def _modules_of(
    db: Database, candidates: Mapping[str, Candidate], known: Sequence[str]
) -> dict[str, frozenset[str]]:
    """The modules that candidates concern, by uid: their own, and that of the agent who wrote."""
    ids = [one.head.revision_id for one in candidates.values()]
    labels, agents = db.labels.modules_of(ids), db.memories.agents_of(ids)
    of_agent = {agent: alike(agent, known) for agent in set(agents.values())}
    return {
        uid: frozenset(labels.get(one.head.revision_id, ()))
        | frozenset(of_agent.get(agents.get(one.head.revision_id, ""), ()))
        for uid, one in candidates.items()
    }


def _modules_of_parties(listed: Listed, known: Sequence[str]) -> frozenset[str]:
    """The modules of those between whom a flag was raised: it concerns them too."""
    details = listed.memory.revision.draft.details
    if not isinstance(details, Flag):
        return frozenset()
    return frozenset(module for party in parties(details) for module in alike(party, known))


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


def _nearby(items: Iterable[BriefItem]) -> tuple[str, ...]:
    """The modules of at least two memories to the point, those of most first, ties by name."""
    counts = Counter(m for one in items if one.near >= AT_HAND for m in one.modules)
    ordered = sorted(counts, key=lambda module: (-counts[module], module))
    return tuple(module for module in ordered if counts[module] > 1)


def _was_measured_again(memory: Memory, series: Mapping[str, Series]) -> bool:
    """Whether it is a measurement that is not the latest: only that must not get worse."""
    details = memory.revision.draft.details
    is_number = isinstance(details, Baseline) and details.value is not None
    return is_number and memory.uid not in series
