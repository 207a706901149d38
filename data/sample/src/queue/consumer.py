"""Handle a message once, however often it is delivered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def handle_once(db: Any, event_id: str, handler: Callable[[Any], None]) -> bool:
    """False if the event was handled before; both inserts share one transaction."""
    with db.transaction() as tx:
        if not tx.insert_ignore("handled_events", event_id):
            return False
        handler(tx)
    return True
