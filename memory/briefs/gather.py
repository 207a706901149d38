"""Gathers what may belong in a brief: what is near a task, and what concerns its modules.

What is known comes from sources, each asked about one subject; one more is a function in `SOURCES`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from memory.briefs.agent_modules import owner_of
from memory.briefs.brief_items import BriefItem, Gathered, ItemMaker
from memory.briefs.commit_groups import together
from memory.briefs.nearness import nearness_of
from memory.briefs.scoring import (
    AGENTS_MODULE,
    ASKED_MODULE,
    HELPED,
    NAMED_MODULE,
    USEFUL,
    is_named,
)
from memory.kinds.vocabulary import Kind, Status
from memory.ledger.project_modules import module_names
from memory.lessons.outcome_scores import earned, earned_among
from memory.metrics.measurement_series import latest_of, read_tracks
from memory.models.details import Baseline, Flag
from memory.models.flags import STILL_OPEN, parties
from memory.models.selection import Selection
from memory.retrieval.calibration import relevance_in
from memory.retrieval.candidates import Candidate, Question, gather, measure, rarity
from memory.retrieval.rank import load_weights
from memory.retrieval.search import gather_pool
from memory.standings import fetch_standings
from memory.texts.agent_names import alike
from memory.texts.module_names import distinct_modules, modules_in, same_modules
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Iterable,
        Iterator,
        Mapping,
        Sequence,
    )

    from memory.ledger.interface.database import Database
    from memory.metrics.measurement_series import Track
    from memory.models.answer import Listed
    from memory.models.memory import Memory
    from memory.models.selection import Lens
    from memory.models.series import Series
    from memory.retrieval.meaning import Meaning

_NO_MODEL = "found by words only: the model could not be asked"
MOST = 200  # memories that are looked at closely, the nearest; a brief tells some dozens
MOST_NAMED = 6  # of what is too doubtful to be told, the likeliest
MOST_OPEN = 300  # of open flags that do not block and unfinished runs, looked at however far


@dataclass(frozen=True)
class Subject:
    """What somebody wants to know about."""

    text: str  # a task, in plain words
    lens: Lens  # from when to look
    question: Question  # the text in the forms that a search needs
    modules: tuple[str, ...]  # that it concerns
    agents: tuple[str, ...]  # likewise


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
    owners = tuple(owner_of(db, name, lens, agents_known, known) for name in dict.fromkeys(agents))
    owned = sorted({one for owner in owners for one in owner.modules})
    concerned = tuple(sorted(distinct_modules([*asked_for, *owned])))
    pool = gather_pool(db, task, Selection(lens=lens), meaning, earned_among)
    names = {name for owner in owners for name in owner.agents}
    names |= {name for module in concerned for name in alike(module, agents_known)}
    subject = Subject(task, lens, pool.question, concerned, tuple(sorted(names)))
    served = earned(db, pool.question, lens, asked_for)

    found = {one.uid: one for source in SOURCES for one in source(db, subject)}
    ranked = pool.ranked(load_weights())
    found |= {one.uid: pool.candidate(one.uid) for one in ranked}
    tracks = read_tracks(db, lens)
    heirs = _heirs(db, lens, found, tracks)
    found |= {one.uid: one for one in _further(db, subject, found, heirs, served)}
    own = _modules_of(db, found, known)
    measured = {track.newest.uid for track in tracks}  # no task says what must not get worse
    belonging = {
        uid: max(
            (ASKED_MODULE if modules or uid in measured else NAMED_MODULE)
            if same_modules(asked_for, own[uid])
            else 0.0,
            AGENTS_MODULE if same_modules(owned, own[uid]) else 0.0,
            HELPED * served.get(uid, 0.0),
        )
        for uid in found
    }
    fitted = relevance_in(db)
    doubted = db.memories.giving_orders(found[one.uid].head.revision_id for one in ranked)
    # What gives orders to its reader is no measure of what else is to the point.
    trusted = [one for one in ranked if found[one.uid].head.revision_id not in doubted]
    nearness = nearness_of(found, pool, trusted or ranked, fitted, belonging, heirs)
    wanted = sorted(
        (uid for uid in found if nearness[uid].useful >= USEFUL),
        key=lambda uid: (nearness[uid].order, uid),
    )
    doubtful = nlargest(
        MOST_NAMED,
        (uid for uid in found if is_named(nearness[uid].useful) and not found[uid].head.derived),
        key=lambda uid: (nearness[uid].useful, uid),
    )
    open_uids = {one.uid for one in _still_open(db, subject)}
    kept = sorted({*wanted[:MOST], *doubtful, *open_uids})

    series = {track.newest.uid: latest_of(track) for track in tracks}
    memories = db.memories.at_revisions([found[uid].head.revision_id for uid in kept])
    told = [
        memory
        for uid in kept
        if not _was_measured_again(memory := memories[found[uid].head.revision_id], series)
    ]
    best_at = {one.head.revision_id: one.best for one in map(found.__getitem__, kept)}
    passages = db.passages.texts({id_: at for id_, at in best_at.items() if at is not None})
    make = ItemMaker(db, lens, told, series, owners)
    make.weights = _weights(db, subject)
    items = tuple(
        make.item(
            listed,
            near=nearness[uid],
            earned=served.get(uid, 0.0),
            modules=own[uid] | _modules_of_parties(listed, known),
            candidate=found[uid],
            passage=passages.get(found[uid].head.revision_id, ""),
        )
        for listed in make.listed
        for uid in [listed.memory.uid]
    )
    likely = pool.known(fitted) if fitted else None
    counts = db.labels.counts(lens, distinct_modules([*asked_for, *concerned]))
    return Gathered(
        task=task,
        modules=asked_for,
        owners=owners,
        items=together(items),
        beyond={},
        counts=counts,
        spoken_of=_spoken_of([name for name in counts if not counts[name]], items),
        known_modules=known,
        nearby=() if asked_for else _nearby(items),
        total=db.memories.count(Selection(lens=lens)),
        known=likely is None or fitted is None or likely >= fitted.answers,
        reason=meaning.reason or meaning.gap or ("" if pool.knows_meaning else _NO_MODEL),
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
SOURCES: tuple[Callable[[Database, Subject], Iterable[Candidate]], ...] = (
    _still_open,
    _newest,
    _experience,
    _own,
)


def _weights(db: Database, subject: Subject) -> dict[str, float]:
    """How much each word of the task tells, by its stem."""
    words = stems(subject.text)
    holders, total = db.passages.count_words(words)
    return {word: rarity(holders.get(word, 0), total) for word in words}


def _heirs(
    db: Database, lens: Lens, found: Collection[str], tracks: Sequence[Track]
) -> dict[str, set[str]]:
    """What holds in the place of each that was found: its successors, a later measurement."""
    bound = fetch_standings(db, lens, found, only_bound=True)
    heirs = {uid: {*bound[uid].instead} - {uid} for uid in found & bound.keys()}
    for track in tracks:
        newest = track.newest.uid
        heirs |= {
            one.uid: {newest} for one in track.measured if one.uid in found and one.uid != newest
        }
    return heirs


def _further(
    db: Database,
    subject: Subject,
    found: Collection[str],
    heirs: Mapping[str, set[str]],
    served: Mapping[str, float],
) -> Iterable[Candidate]:
    """What holds in place of what was found, and what served in like tasks, if it was not found."""
    further = {*served}.union(*heirs.values()) - {*found}
    revisions = db.memories.selected_revisions(Selection(lens=subject.lens), further).values()
    return measure(db, subject.question, revisions)


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


def _spoken_of(names: Sequence[str], items: Iterable[BriefItem]) -> dict[str, int]:
    """How many of the items that are of use name each module in their text."""
    texts = [one.memory for one in items if one.worth]
    said = [f"{memory.title}\n{memory.revision.draft.body}" for memory in texts]
    return {name: sum(bool(modules_in(text, [name])) for text in said) for name in names}


def _nearby(items: Iterable[BriefItem]) -> tuple[str, ...]:
    """The modules of at least two memories to the point, those of most first, ties by name."""
    counts = Counter(m for one in items if one.near.useful >= USEFUL for m in one.modules)
    ordered = sorted(counts, key=lambda module: (-counts[module], module))
    return tuple(module for module in ordered if counts[module] > 1)


def _was_measured_again(memory: Memory, series: Mapping[str, Series]) -> bool:
    """Whether it is a measurement that is not the latest: only that must not get worse."""
    details = memory.revision.draft.details
    is_number = isinstance(details, Baseline) and details.value is not None
    return is_number and memory.uid not in series
