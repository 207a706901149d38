"""Events that leave exactly when their transaction commits (ADR 9)."""

from __future__ import annotations

import json
import uuid
from typing import Any

BATCH = 100


def append_event(tx: Any, kind: str, payload: dict[str, Any]) -> str:
    event_id = str(uuid.uuid4())
    tx.execute(
        "INSERT INTO outbox (id, kind, payload) VALUES (%s, %s, %s)",
        (event_id, kind, json.dumps(payload)),
    )
    return event_id


def relay_once(db: Any, broker: Any) -> int:
    """Publish unsent events in order; a crash in between sends some of them again."""
    events = db.unsent_events(limit=BATCH)
    for event in events:
        broker.publish(event.kind, event.payload, message_id=event.id, confirm=True)
        db.mark_sent(event.id)
    return len(events)
