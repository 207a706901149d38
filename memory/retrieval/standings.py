"""The standing of memories, read from the ledger with everything that bears on it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memory.ledger.links import fetch_links
from memory.ledger.memories import fetch_states
from memory.models.kinds import LinkType
from memory.models.standing import Standing, stand

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.link import Link
    from memory.models.selection import Lens

_BEARING = (LinkType.SUPERSEDES, LinkType.AMENDS)
_ROUNDS = 20  # the longest chain of supersession that is followed


def fetch_standings(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Standing]:
    """The standing of these memories and of all that supersede or amend them, by uid."""
    reached = set(uids)
    fresh = set(reached)
    links: dict[tuple[str, str, str], Link] = {}
    for _ in range(_ROUNDS):
        for link in fetch_links(db, lens, fresh, types=_BEARING):
            links[link.type, link.source, link.target] = link
        ends = {end for link in links.values() for end in (link.source, link.target)}
        fresh = ends - reached
        reached |= fresh
        if not fresh:
            break
    return stand(fetch_states(db, lens, reached), links.values(), lens.as_of or datetime.now(UTC))
