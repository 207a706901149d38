"""Review triggers of memories, without the cost of whole memories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from memory.ledger.selecting import REVIEWED, seen_through
from memory.ledger.times import from_text

if TYPE_CHECKING:
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.selection import Lens


class Watched(NamedTuple):
    """A memory that says what should make us look at it again."""

    uid: str
    kind: str
    title: str
    triggers: tuple[str, ...]
    since: datetime | None  # when it began to hold
    modules: tuple[str, ...]


def fetch_triggers(db: Database, lens: Lens) -> list[Watched]:
    """The memories that the lens shows and that have triggers, in order of uids."""
    seen, values = seen_through(lens)
    sql = f"""
        SELECT m.uid, m.kind, s.title, s.valid_from,
        json_extract(s.draft, '$.details.review_triggers', '$.modules')
        FROM ({seen}) AS s JOIN memories AS m ON m.id = s.memory_id
        WHERE m.kind IN {REVIEWED} AND s.removed = 0
        AND json_array_length(s.draft, '$.details.review_triggers') > 0 ORDER BY m.uid
    """
    return [_watched(*row) for row in db.execute(sql, values)]


def _watched(uid: str, kind: str, title: str, since: str | None, said: str) -> Watched:
    triggers, modules = json.loads(said)
    return Watched(
        uid=uid,
        kind=kind,
        title=title,
        triggers=tuple(triggers),
        since=from_text(since) if since else None,
        modules=tuple(modules or ()),
    )
