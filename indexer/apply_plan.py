"""Keeps in the ledger what a reconciliation planned, a batch of files in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import Trust
from memory.ledger.store_facts import UNLINKED
from memory.ledger.times import to_text
from memory.models.memory import Source, least, trust_of, uid_for
from memory.retrieval.passages import keep_memory, keep_revision

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from indexer.formats.document import Origin
    from indexer.reconcile import DraftMatch, FoundDraft, Reconciliation
    from memory.ledger.interface.database import Database, Ledger
    from memory.models.memory import Draft, Memory
    from memory.models.report import KnownFile, Progress

BATCH = 100  # files in one transaction: enough to be quick, few enough to let others write


def apply_plan(
    ledger: Ledger,
    plan: Reconciliation,
    origins: Mapping[str, Origin],
    rows: Mapping[str, KnownFile],
    at: datetime,
    on_progress: Progress,
) -> Counter[str]:
    """Keep everything that the plan says except its removals.

    Recording waits for no index run, so a memory may have got a revision since the plan was
    made. That stands above what the plan says of it, and is written to its file afterwards.

    What is noted of a file is kept in the transaction that keeps its memories, so that a run
    that is killed reads again exactly those files whose memories it had not kept.

    Returns:
        How many memories were `added`, `revised`, `moved` and `unchanged`.
    """
    matched: dict[str, list[DraftMatch]] = defaultdict(list)
    added: dict[str, list[FoundDraft]] = defaultdict(list)
    for match in plan.matched:
        matched[match.found.path].append(match)
    for found in plan.added:
        added[found.path].append(found)
    done: Counter[str] = Counter()
    paths = sorted(rows)
    for start in range(0, len(paths), BATCH):
        some = paths[start : start + BATCH]
        with ledger.writing() as db:
            for path in some:
                done.update(_keep_match(db, match, origins[path], at) for match in matched[path])
                done.update(_keep_new(db, found, origins[path], at) for found in added[path])
            db.files.save([rows[path] for path in some])
            if done.keys() - {"unchanged"}:
                db.facts.save(UNLINKED, to_text(at))
        on_progress("keep", min(start + BATCH, len(paths)), len(paths))
    return done


def apply_removals(
    ledger: Ledger,
    removed: Sequence[Memory],
    left: Sequence[KnownFile],
    at: datetime,
) -> int:
    """Put a tombstone on memories, and close the files that were left; how many were removed.

    A memory of which something was recorded since it was read stays.

    `left` is what to note of files that a memory left, now that it is kept elsewhere or removed.
    """
    if not removed and not left:
        return 0
    with ledger.writing() as db:
        going = [one for one in removed if db.memories.is_as_read(one)]
        count = sum(db.memories.remove(one.uid, one.revision.source, at) for one in going)
        db.files.save(left)
        if removed:
            db.facts.save(UNLINKED, to_text(at))
    return count


def _keep_match(db: Database, match: DraftMatch, origin: Origin, at: datetime) -> str:
    memory, found = match
    if memory.pending_file and memory.revision.draft.digest != found.draft.digest:
        return "unchanged"  # what was recorded has yet to be written over these words
    if not db.memories.is_as_read(memory):
        return "unchanged"  # so has what was recorded since the plan was made
    source = _source(found, origin)
    if agent := _was_agents(memory, found.draft):
        trust = least(source.trust, [Trust.AGENT])
        source = source.model_copy(update={"author": agent, "trust": trust})
    if keep_revision(db, memory.uid, found.draft, source, at):
        return "revised"
    stood = (memory.path, memory.entry)
    return "unchanged" if stood == (found.path, found.draft.key) else "moved"


def _was_agents(memory: Memory, draft: Draft) -> str:
    """The agent that recorded what says so no more, so that nobody vouches for it yet; or ""."""
    said, source = memory.revision.draft.said_by, memory.revision.source
    if said or draft.said_by:
        return "" if draft.said_by else said
    return (
        source.author if source.trust is Trust.AGENT and source.author.startswith("agent:") else ""
    )


def _keep_new(db: Database, found: FoundDraft, origin: Origin, at: datetime) -> str:
    uid = next(uid for uid in _possible_uids(found) if not db.memories.contains(uid))
    keep_memory(db, uid, found.draft, _source(found, origin), at)
    return "added"


def _possible_uids(found: FoundDraft) -> Iterator[str]:
    """The one its file gives, then ones made from where it stands, without end."""
    if found.draft.uid:
        yield found.draft.uid
    where = (found.path, found.draft.key or found.draft.title)
    yield uid_for(found.draft.kind, *where)
    number = 2
    while True:
        yield uid_for(found.draft.kind, *where, str(number))
        number += 1


def _source(found: FoundDraft, origin: Origin) -> Source:
    by_agent = origin.trust is Trust.AGENT and found.draft.agent
    named = f"agent:{found.draft.agent}" if by_agent else "indexer"
    return Source(
        author=found.draft.said_by or named,
        trust=trust_of(found.draft, origin.trust),
        path=found.path,
        lines=found.draft.lines,
        content_hash=origin.content_hash,
        commit=origin.commit,
    )
