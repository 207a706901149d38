"""The runs that speak against a memory."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.evidence.gathering import fetch_confidences
from memory.evidence.sources import memories_seen
from memory.evidence.testimony import is_finished, moment_of
from memory.ledger.links import fetch_links
from memory.models.kinds import Kind, LinkType

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

_AGAINST = (LinkType.CONTRADICTS, LinkType.MISLED_BY)


def runs_against(
    db: Database, lens: Lens, uids: Collection[str]
) -> dict[str, list[tuple[datetime, str]]]:
    """The finished runs that contradict these memories or were misled by them, oldest first.

    Each once, with when it ended; also those that only a lesson's own lines know of, if they
    say when.
    """
    links = fetch_links(db, lens, uids, types=_AGAINST)
    runs = memories_seen(db, lens, {link.source for link in links}, Kind.RUN)
    found: dict[str, dict[str, datetime]] = defaultdict(dict)
    for link in links:
        if link.target in uids and link.source in runs and is_finished(runs[link.source]):
            found[link.target][link.source] = moment_of(runs[link.source])
    for uid, confidence in fetch_confidences(db, lens, uids).items():
        for one in confidence.evidence:
            if one.kind == "run" and not one.speaks_for and one.at is not None:
                found[uid].setdefault(one.origin, one.at)
    return {uid: sorted((at, origin) for origin, at in some.items()) for uid, some in found.items()}
