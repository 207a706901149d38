"""What came into the ledger since a certain change."""

from memory.ledger.changes import (
    Difference,
    What,
    differences_since,
    recorded_at,
    was_recorded_after,
)
from memory.ledger.changes import latest_change as newest_revision

__all__ = [
    "Difference",
    "What",
    "differences_since",
    "newest_revision",
    "recorded_at",
    "was_recorded_after",
]
