"""What bears on a memory today: how fresh it is, what moved under it, what bears it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from memory.evidence.gathering import fetch_confidences
from memory.ledger.anchors import fetch_freshness
from memory.metrics.measurement_series import fetch_premises
from memory.models.answer import Listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.connection import Database
    from memory.models.selection import Lens

L = TypeVar("L", bound=Listed)


def with_bearing(db: Database, lens: Lens, items: Sequence[L]) -> tuple[L, ...]:
    """The same memories with what bears on them, as far as the lens shows it."""
    uids = [item.memory.uid for item in items]
    freshness = fetch_freshness(db, lens, uids)
    premises = fetch_premises(db, lens, uids)
    confidences = fetch_confidences(db, lens, uids)
    return tuple(
        item.model_copy(
            update={
                "freshness": freshness.get(item.memory.uid),
                "premises": premises.get(item.memory.uid, ()),
                "confidence": confidences.get(item.memory.uid),
            }
        )
        for item in items
    )
