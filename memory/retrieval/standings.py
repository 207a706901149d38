"""The standing of memories, read with everything that bears on it, and lists of memories."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from memory.kinds.vocabulary import LinkType
from memory.models.answer import Listed
from memory.models.selection import Lens
from memory.models.standing import Standing, stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.interface.database import Database
    from memory.models.selection import Selection

_BEARING = (LinkType.SUPERSEDES, LinkType.AMENDS)


def fetch_standings(
    db: Database, lens: Lens, uids: Iterable[str], *, only_bound: bool = False
) -> dict[str, Standing]:
    """The standing of these memories and of all that supersede or amend them, by uid.

    Those that the lens does not show have none. What had yet to begin at its moment is looked
    at nevertheless: a record that says today that it is superseded held until that began.

    Args:
        db: An open ledger.
        lens: From when to look.
        uids: Which memories.
        only_bound: Leave out those that no other supersedes or amends, nor they any other.
    """
    uids = set(uids)
    if not uids:
        return {}
    reached, links = db.links.chains(lens, uids, _BEARING)
    if only_bound:
        reached = {end for link in links for end in (link.source, link.target)}
    states = db.memories.states(lens, reached)
    shown = set(states)
    if lens.as_of is not None:
        known = Lens(known_at=lens.known_at)
        reached, later = db.links.chains(known, uids, _BEARING)
        coming = db.memories.states(known, reached - shown)
        links += [link for link in later if link.asserted_by in coming]
        states |= coming
    stood = stand(states, links, lens.as_of or datetime.now(UTC))
    return {uid: standing for uid, standing in stood.items() if uid in shown}


def named_in(standings: Iterable[Standing]) -> set[str]:
    """The uids of all memories that these standings name."""
    return {
        uid
        for one in standings
        for uids in (one.replaced_by, one.current, one.proposed, one.replaces, one.amended_by)
        for uid in uids
    }


def list_selected(db: Database, selection: Selection, limit: int | None = None) -> list[Listed]:
    """The memories of a selection, the one that began to hold last first, undated ones last.

    Args:
        db: An open ledger.
        selection: Which; by status as they stand.
        limit: At most so many; None for all.
    """
    wanted = selection.statuses
    ids = db.memories.listed_ids(selection, limit=None if wanted else limit)
    standings = fetch_standings(db, selection.lens, ids)
    chosen = (uid for uid in ids if not wanted or standings[uid].status in wanted)
    told = list(islice(chosen, limit))
    memories = db.memories.at_revisions([ids[uid] for uid in told])
    return [Listed(memory=memories[ids[uid]], standing=standings[uid]) for uid in told]
