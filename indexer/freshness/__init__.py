"""What became of the places in the codebase that memories name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from memory.ledger.connection import Ledger


def check_anchors(ledger: Ledger, root: Path, uids: Collection[str] | None) -> None:
    """Look at what memories name, those with these uids or all, and keep what was found."""
    raise NotImplementedError
