"""Keeps a record: in the ledger first, then in the project's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from memory.ledger.connection import Ledger
    from memory.models.answer import Recorded
    from memory.models.revision import Draft


def record(ledger: Ledger, root: Path, draft: Draft, author: str) -> Recorded:
    """Keep a draft in the ledger, and write it to the file where its kind belongs."""
    raise NotImplementedError
