"""What lessons were learned from, and what that was learned from in turn."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.links import fetch_links
from memory.ledger.memories import fetch_by_revision, selected_revisions
from memory.models.kinds import Kind, LinkType
from memory.models.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory.ledger.connection import Database
    from memory.models.link import Link
    from memory.models.revision import Memory
    from memory.models.selection import Lens

_SOURCES = (LinkType.LEARNED_IN, LinkType.HELPED_BY)
_ROUNDS = 10  # the longest chain of sources that is followed


class Source(NamedTuple):
    """A memory that a lesson was learned from, and what led there."""

    memory: Memory
    how: LinkType
    of: str  # uid


def fetch_sources(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, tuple[Source, ...]]:
    """What each of these lessons was learned from, by uid, the nearest first, ties by uid.

    It is the run in which it was learned, the memories that helped that run, what those were
    learned from if they are lessons themselves, and so on.
    """
    ahead = set(uids)
    links: dict[str, list[Link]] = {}
    for _ in range(_ROUNDS):
        found = fetch_links(db, lens, ahead, types=_SOURCES) if ahead else []
        fresh: dict[str, list[Link]] = defaultdict(list)
        for link in found:
            if link.source in ahead:
                fresh[link.source].append(link)
        links |= fresh
        ahead = {link.target for some in fresh.values() for link in some} - links.keys()
        if not ahead:
            break
    targets = {link.target for some in links.values() for link in some}
    known = memories_seen(db, lens, targets) if targets else {}
    return {uid: tuple(_sources_of(uid, links, known)) for uid in uids}


def memories_seen(
    db: Database, lens: Lens, uids: Iterable[str], kind: Kind | None = None
) -> dict[str, Memory]:
    """Those of these memories that the lens shows, by uid."""
    selection = Selection(kinds=(kind,) if kind else (), lens=lens)
    revisions = selected_revisions(db, selection, uids)
    memories = fetch_by_revision(db, revisions.values()) if revisions else {}
    return {uid: memories[revision] for uid, revision in sorted(revisions.items())}


def _sources_of(
    uid: str, links: Mapping[str, list[Link]], known: Mapping[str, Memory]
) -> Iterator[Source]:
    seen, ahead = {uid}, [uid]
    while ahead:
        level = sorted(
            (link for one in ahead for link in links.get(one, ())),
            key=lambda link: (link.target, link.source),
        )
        ahead = []
        for link in level:
            if link.target not in seen and link.target in known:
                seen.add(link.target)
                ahead.append(link.target)
                yield Source(known[link.target], link.type, link.source)
