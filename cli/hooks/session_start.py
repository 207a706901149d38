"""SessionStart: what changed in the memory since the last session, and which flags are open."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.fencing import QUOTED
from cli.hooks.nudge import a_session, asked, unrecorded, words
from cli.hooks.quotes import context, joined, length, line, listing, urgency
from cli.hooks.sessions import list_sessions, save_session, told_up_to
from memory.kinds.vocabulary import Kind, Status
from memory.models.answer import Listed
from memory.models.flags import STILL_OPEN, by_urgency, flag_of
from memory.models.selection import NOW, Lens, Selection
from memory.standings import fetch_standings, named_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cli.hooks import Payload
    from cli.hooks.sessions import AgentSession, SessionContexts
    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem
    from memory.ledger.interface.database import Database
    from memory.ledger.interface.upkeep import Difference
    from memory.models.standing import Standing

LIMIT = 8_000  # characters
FOR_FLAGS = 4_000  # of these; what they leave is for what changed
LOOKED_AT = 500  # changes whose standing is worked out; far more than there is room for
_HEAD = f"archmem, the memory of this project's architecture. {QUOTED}"


class ChangedMemory(NamedTuple):
    """What became of a memory."""

    what: str  # added, revised, superseded, removed
    listed: Listed


def answer_start(
    payload: Payload, memory: ArchMem, roots: ProjectRoots, given: SessionContexts
) -> dict[str, Any]:
    """What a session has to know when it begins; afterwards it is known to have begun."""
    sessions = list_sessions(memory.ledger)
    since = told_up_to(sessions, payload.session_id, payload.source, datetime.now(UTC))
    own = next((one for one in sessions if one.session_id == payload.session_id), None)
    begun = _begun(payload, memory, roots, own, since)
    room = LIMIT - length(_HEAD) - 1
    parts = []
    if payload.source != "resume":  # it has before it what it was told when it began
        parts.append(open_flags(memory, FOR_FLAGS))
        given.forget(memory.folder, payload.session_id)
    save_session(memory.ledger, begun)
    if payload.source == "compact" and (work := unrecorded(payload.session_id, memory, roots)):
        asked(memory, work)
        parts.append(words(work))
    room -= sum(length(part) + 1 for part in parts)
    parts.append(holdings(memory) if since is None else news(memory, since, room))
    return context("SessionStart", joined([_HEAD, *parts]) if any(parts) else "")


def open_flags(memory: ArchMem, room: int) -> str:
    """The flags that are not closed, blocking ones first; nothing where there are none."""
    flags = by_urgency(memory.list(Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN)))
    blocking = sum(flag_of(one).blocking for one in flags)
    heading = f"Open flags: {len(flags):,}" + (
        f", {blocking:,} of them blocking." if blocking else "."
    )
    lines = [line(urgency(one), one, {}) for one in flags]
    return listing(heading, lines, room, "flags: `archmem list --kind flag --status open`.")


def holdings(memory: ArchMem) -> str:
    """How much is known, for the first session of all."""
    with memory.ledger.reading() as db:
        count = db.memories.count_live()
    return f"It holds {count:,} records; search it before a change of structure." if count else ""


def news(memory: ArchMem, since: int, room: int) -> str:
    """What changed after a revision, the latest first, counted; nothing where nothing did."""
    with memory.ledger.reading() as db:
        differences = db.changes.differences(since)
        if not differences:
            return ""
        changes = _changes(db, differences[:LOOKED_AT], since)
        titles = db.memories.titles(named_in(change.listed.standing for change in changes))
    counts = Counter(change.what for change in changes)
    counts.update(one.what for one in differences[LOOKED_AT:])
    order = ("added", "revised", "superseded", "removed")
    said = ", ".join(f"{counts[what]:,} {what}" for what in order if counts[what])
    lines = [
        line(f"{change.what} {change.listed.memory.kind}", change.listed, titles)
        for change in changes
    ]
    more = len(differences) - min(len(differences), LOOKED_AT)
    heading = f"Changed since the session before: {said}."
    return listing(heading, lines, room, "changes.", unseen=more)


def _changes(db: Database, differences: Sequence[Difference], since: int) -> list[ChangedMemory]:
    """What became of these memories and of those that they supersede, the latest first.

    What a memory supersedes comes right behind it.
    """
    whats: dict[str, str] = {one.uid: one.what for one in differences}
    standings = fetch_standings(db, NOW, whats)  # of what they supersede too
    was_over = _superseded(
        fetch_standings(db, Lens(known_at=db.changes.recorded_at(since)), standings)
    )
    is_over = _superseded(standings) - was_over
    order: dict[str, str] = {}
    for uid, what in whats.items():
        order[uid] = "superseded" if what == "revised" and uid in is_over else what
        for other in standings[uid].replaces:
            if other in is_over and other not in whats:
                order.setdefault(other, "superseded")
    memories = {memory.uid: memory for memory in db.memories.with_uids(list(order))}
    return [
        ChangedMemory(what, Listed(memory=memories[uid], standing=standings[uid]))
        for uid, what in order.items()
    ]


def _superseded(standings: Mapping[str, Standing]) -> set[str]:
    return {uid for uid, one in standings.items() if one.status is Status.SUPERSEDED}


def _begun(
    payload: Payload,
    memory: ArchMem,
    roots: ProjectRoots,
    own: AgentSession | None,
    since: int | None,
) -> AgentSession:
    """The session as it is to be remembered: told everything up to now."""
    if own is not None and payload.source == "compact":  # its context changes, its work goes on
        with memory.ledger.reading() as db:
            return own.model_copy(update={"seen": db.changes.latest()})
    fresh = a_session(payload.session_id, memory, roots)
    if own is not None:
        return fresh.model_copy(update={"since": own.since, "nudged": own.nudged})
    return fresh if since is None else fresh.model_copy(update={"since": since})
