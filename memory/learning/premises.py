"""Decisions whose premise has moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.connection import Database
    from memory.models.selection import Lens
    from memory.models.series import Premise


def fetch_premises(db: Database, lens: Lens, uids: Iterable[str]) -> dict[str, tuple[Premise, ...]]:
    """The baselines that these memories rest on and that have moved, by uid."""
    return {}
