"""Lists memories: no more of them is read than is told."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from memory.ledger.memories import fetch_by_revision, listed_ids
from memory.models.answer import Listed
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.selection import Selection


def list_selected(db: Database, selection: Selection, limit: int | None = None) -> list[Listed]:
    """The memories of a selection, the one that began to hold last first, undated ones last.

    Args:
        db: An open ledger.
        selection: Which; by status as they stand.
        limit: At most so many; None for all.
    """
    wanted = selection.statuses
    ids = listed_ids(db, selection, limit=None if wanted else limit)
    standings = fetch_standings(db, selection.lens, ids)
    chosen = (uid for uid in ids if not wanted or standings[uid].status in wanted)
    told = list(islice(chosen, limit))
    memories = fetch_by_revision(db, [ids[uid] for uid in told])
    return [Listed(memory=memories[ids[uid]], standing=standings[uid]) for uid in told]
