"""Keeps a revision of a memory and writes it where its text stands, whoever wrote that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from memory.ledger.connection import Ledger
    from memory.models.answer import Recorded
    from memory.models.revision import Draft


def amend(ledger: Ledger, root: Path, uid: str, draft: Draft, author: str) -> Recorded:
    """Keep a revision of a memory and write it where its text stands."""
    raise NotImplementedError
