"""Gathers what may belong in a brief: what is near the task, and what concerns its modules."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.briefs.distance import Nearness, nearness_of
from memory.briefs.material import Found, Gathered, Owner, was_measured_again
from memory.ledger.agents import agents_of, known_agents
from memory.ledger.derived import has_derived
from memory.ledger.flags import blocking_flags
from memory.ledger.labels import known_modules, module_counts, modules_of
from memory.ledger.memories import (
    count_selected,
    fetch_by_revision,
    newest_ids,
    selected_revisions,
    titles_of,
)
from memory.ledger.passages import passage_texts
from memory.lessons.evidence import with_bearing
from memory.lessons.outcome_scores import earned
from memory.metrics.measurement_series import read_latest
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.flags import STILL_OPEN, parties
from memory.models.kinds import Kind, Status
from memory.models.selection import Selection
from memory.retrieval.candidates import Question, gather, measure
from memory.retrieval.query_parser import search_words
from memory.retrieval.standings import fetch_standings, named_in
from memory.texts.agent_names import alike
from memory.texts.modules import distinct_modules, modules_in
from memory.texts.words import content_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Lens
    from memory.models.series import Series
    from memory.retrieval.candidates import Candidate
    from memory.retrieval.meaning import Meaning

_NO_MODEL = "found by words only: the model could not be asked"
MOST = 200  # memories that are looked at closely, the nearest; a brief tells some dozens
AT_HAND = 0.7  # affinity from which a memory's modules are likely to be concerned
MOST_OPEN = 300  # of open flags that do not block and unfinished runs, looked at however far


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
    known = known_modules(db)
    asked_for = distinct_modules(modules) or modules_in(task, known)
    agents_known = known_agents(db)
    owners = _owners_of(db, agents, lens, agents_known, known)
    own_modules = sorted({one for owner in owners for one in owner.modules})
    concerned = tuple(sorted(distinct_modules([*asked_for, *own_modules])))
    vector = meaning.encode_query(task)
    question = Question(
        search_words(task), vector, meaning.neighbours if vector is not None else None
    )
    served = earned(db, question, lens, asked_for)
    names = {name for owner in owners for name in owner.agents}
    names |= {name for module in concerned for name in alike(module, agents_known)}
    candidates, still_open = _candidates(db, question, lens, concerned, sorted(names), served)
    own = _modules_of(db, candidates, known)
    nearness = nearness_of(db, candidates, own, asked_for, concerned, served)
    series = {one.latest.uid: one for one in read_latest(db, lens)}
    found = _found(db, candidates, still_open, nearness, own, lens, series, known)
    reason = meaning.reason or meaning.gap or ("" if vector is not None else _NO_MODEL)
    return Gathered(
        task=task,
        modules=asked_for,
        owners=owners,
        found=found,
        series=series,
        titles=titles_of(db, named_in(one.listed.standing for one in found)),
        counts=module_counts(db, lens, distinct_modules([*asked_for, *concerned])),
        known_modules=tuple(known),
        nearby=() if asked_for else _nearby(found),
        total=count_selected(db, Selection(lens=lens)),
        earned=served,
        complete=not reason,
        reason=reason,
    )


def _nearby(found: Iterable[Found]) -> tuple[str, ...]:
    """The modules of at least two memories to the point, those of most first, ties by name."""
    counts = Counter(m for one in found if one.near >= AT_HAND for m in one.modules)
    ordered = sorted(counts, key=lambda module: (-counts[module], module))
    return tuple(module for module in ordered if counts[module] > 1)


def _owners_of(
    db: Database,
    agents: Sequence[str],
    lens: Lens,
    known: Sequence[str],
    modules: Sequence[str],
) -> tuple[Owner, ...]:
    """The agents that were asked for, with the modules that their definitions name."""
    owners = []
    for name in dict.fromkeys(agents):
        names = alike(name, known)
        selection = Selection(kinds=(Kind.NOTE,), agents=names, lens=lens)
        notes = newest_ids(db, selection, limit=MOST) if names else []
        memories = fetch_by_revision(db, notes).values()
        own = {
            module
            for memory in memories
            if getattr(memory.revision.draft.details, "topic", "") == "definition"
            for module in memory.revision.draft.modules
        }
        owners.append(Owner(name, frozenset(names), frozenset({*own, *alike(name, modules)})))
    return tuple(owners)


def _candidates(
    db: Database,
    question: Question,
    lens: Lens,
    modules: tuple[str, ...],
    agents: Sequence[str],
    served: Iterable[str],
) -> tuple[dict[str, Candidate], frozenset[str]]:
    """By uid: what is near the task, in its modules, known to its agents, served it, or open.

    And which of them are open: all flags that block, and the newest of the rest.
    """
    everything = Selection(lens=lens)
    parts = [everything, Selection(kinds=(Kind.LESSON, Kind.RUN, Kind.REFACTORING), lens=lens)]
    if has_derived(db):
        parts[0] = Selection(derived=False, lens=lens)
    if modules:
        parts.append(Selection(modules=modules, derived=False, lens=lens))
    if agents:
        parts.append(Selection(agents=tuple(agents), lens=lens))
    found = {one.uid: one for part in parts for one in gather(db, question, part)}
    if question.vector is None:  # then only words are looked for, and not what has none of them
        ids = {one for part in parts[2:] for one in newest_ids(db, part, limit=MOST)}
        ids -= {one.head.revision_id for one in found.values()}
        found |= {one.uid: one for one in measure(db, question, sorted(ids), {})}
    unsettled = [
        Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=lens),
        Selection(kinds=(Kind.RUN,), statuses=(Status.OPEN,), lens=lens),
    ]
    open_ids = {one for part in unsettled for one in newest_ids(db, part, limit=MOST_OPEN)}
    open_ids |= {*blocking_flags(db, lens)}
    missing = open_ids - {one.head.revision_id for one in found.values()}
    found |= {one.uid: one for one in measure(db, question, sorted(missing), {})}
    still_open = frozenset(uid for uid, one in found.items() if one.head.revision_id in open_ids)
    bound = fetch_standings(db, lens, found, only_bound=True)
    instead = {uid for one in found.keys() & bound for uid in bound[one].current}
    further = {*instead, *served} - found.keys()
    revisions = selected_revisions(db, everything, further).values()
    found |= {one.uid: one for one in measure(db, question, revisions, {})}
    return found, still_open


def _modules_of(
    db: Database, candidates: Mapping[str, Candidate], known: Sequence[str]
) -> dict[str, frozenset[str]]:
    """The modules that candidates concern, by uid: their own, and that of the agent who wrote."""
    ids = [one.head.revision_id for one in candidates.values()]
    labels, agents = modules_of(db, ids), agents_of(db, ids)
    of_agent = {agent: alike(agent, known) for agent in set(agents.values())}
    return {
        uid: frozenset(labels.get(one.head.revision_id, ()))
        | frozenset(of_agent.get(agents.get(one.head.revision_id, ""), ()))
        for uid, one in candidates.items()
    }


def _found(
    db: Database,
    candidates: Mapping[str, Candidate],
    still_open: Collection[str],
    nearness: Mapping[str, Nearness],
    modules: Mapping[str, frozenset[str]],
    lens: Lens,
    series: Mapping[str, Series],
    known: Sequence[str],
) -> tuple[Found, ...]:
    """The nearest candidates, and those that are open, as what they are, by uid."""
    ordered = sorted(candidates, key=lambda uid: (-nearness[uid].affinity, uid))
    kept = {uid for uid in ordered[:MOST] if nearness[uid].affinity > 0}
    kept.update(still_open)
    by_revision = {candidates[uid].head.revision_id: uid for uid in sorted(kept)}
    memories = fetch_by_revision(db, by_revision)
    standings = fetch_standings(db, lens, kept)
    bare = [
        Listed(memory=memories[revision_id], standing=standings[uid])
        for revision_id, uid in by_revision.items()
        if not was_measured_again(memories[revision_id], series)
    ]
    best = {id_: candidates[uid].best for id_, uid in by_revision.items()}
    passages = passage_texts(db, {id_: at for id_, at in best.items() if at is not None})
    return tuple(
        _as_found(
            listed,
            candidates[uid],
            near=nearness[uid],
            modules=modules[uid],
            known=known,
            passage=passages.get(candidates[uid].head.revision_id, ""),
        )
        for listed in with_bearing(db, lens, bare)
        for uid in [listed.memory.uid]
    )


def _as_found(
    listed: Listed,
    candidate: Candidate,
    *,
    near: Nearness,
    modules: frozenset[str],
    known: Sequence[str],
    passage: str,
) -> Found:
    details = listed.memory.revision.draft.details
    if isinstance(details, Flag):  # it concerns those between whom it was raised
        named = [module for party in parties(details) for module in alike(party, known)]
        modules |= frozenset(named)
    return Found(
        listed=listed,
        near=near.affinity,
        relevance=near.relevance,
        modules=modules,
        vector=candidate.centroid,
        words=frozenset(content_words(listed.memory.title)),
        passage=passage,
    )
