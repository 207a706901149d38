"""The standing of memories, read with everything that bears on it, and lists of memories."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from memory.kinds.vocabulary import LinkType
from memory.models.answer import Listed
from memory.models.selection import Lens
from memory.models.standing import Standing, stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.interface.database import Database
    from memory.models.selection import Selection

_BEARING = (LinkType.SUPERSEDES, LinkType.AMENDS)


class Standings(NamedTuple):
    """How memories stand, and what those are called that bear on it."""

    by_uid: dict[str, Standing]
    titles: dict[str, str]  # by uid


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
    return read_standings(db, lens, uids, only_bound=only_bound).by_uid


def read_standings(
    db: Database, lens: Lens, uids: Iterable[str], *, only_bound: bool = False
) -> Standings:
    """The same, with the titles of all these memories."""
    uids = set(uids)
    if not uids:
        return Standings({}, {})
    links, states, titles = db.links.bound(lens, uids, _BEARING, only_bound=only_bound)
    shown = set(states)
    if lens.as_of is not None:
        later = db.links.bound(Lens(known_at=lens.known_at), uids, _BEARING)
        coming = {uid: state for uid, state in later.states.items() if uid not in shown}
        links += [link for link in later.links if link.asserted_by in coming]
        states |= coming
        titles |= later.titles
    stood = stand(states, links, lens.as_of or datetime.now(UTC))
    return Standings({uid: one for uid, one in stood.items() if uid in shown}, titles)


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
