"""Anchors of memories and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.freshness import Freshness
    from memory.models.selection import Lens


def fetch_freshness(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, Freshness]:
    """How fresh these memories are, by uid; none where nothing was looked at."""
    return {}
