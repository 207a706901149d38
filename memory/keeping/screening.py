"""Takes credentials out of a ledger from elsewhere, or from before they were left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.keeping.words import of_credentials
from memory.retrieval.passages import derived

if TYPE_CHECKING:
    from memory.credentials.gate import Gate
    from memory.ledger.interface.database import Database


def screen(db: Database, gate: Gate) -> tuple[str, ...]:
    """Leave credentials out of all rows, and say where they were; the caller holds the transaction.

    What the rows were before stays in free pages of the file until it is written anew.
    """
    places = find_places(db, gate)
    if places:
        db.erasing.erase_words(of_credentials(gate), derived)
    return places


def find_places(db: Database, gate: Gate) -> tuple[str, ...]:
    """Where a ledger holds what looks like a credential: uids, or rows of tables."""
    found = db.erasing.find_words(of_credentials(gate))
    return tuple(dict.fromkeys(name for names in found.values() for name in names))
