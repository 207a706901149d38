"""Finds what has to do with a memory: what it is linked to, and what is about the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.models.answer import Answer

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.retrieval.meaning import Meaning


def related(db: Database, uid: str, *, meaning: Meaning, limit: int) -> Answer:
    """The memories nearest to one, linked ones first; itself never."""
    raise NotImplementedError
