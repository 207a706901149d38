"""Flags that forbid to go on, found without reading all flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.ledger.selecting import selected
from memory.models.flags import STILL_OPEN
from memory.models.kinds import Kind
from memory.models.selection import Selection

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.models.selection import Lens


def blocking_flags(db: Database, lens: Lens) -> list[int]:
    """The ids of the revisions of all flags that block and may be open, the newest first.

    Which of them are open, only their standing tells.
    """
    ids, values = selected(Selection(kinds=(Kind.FLAG,), statuses=STILL_OPEN, lens=lens))
    sql = f"""
        SELECT id FROM revisions WHERE id IN ({ids})
        AND json_extract(draft, '$.details.blocking') ORDER BY id DESC
    """
    return [row[0] for row in db.execute(sql, values)]
