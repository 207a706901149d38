"""What speaks for a lesson and against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.confidence import Confidence
    from memory.models.selection import Lens


def fetch_confidences(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Confidence]:
    """How far these lessons are borne out, by uid; other memories have none."""
    return {}
