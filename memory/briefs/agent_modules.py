"""An agent, with the modules that are its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.briefs.scoring import SliceOwner
from memory.kinds.vocabulary import Kind
from memory.models.selection import Selection
from memory.texts.agent_names import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.interface.database import Database
    from memory.models.selection import Lens

MOST = 200  # notes of one agent that are looked at, the newest


def owner_of(
    db: Database, name: str, lens: Lens, known: Sequence[str], modules: Sequence[str]
) -> SliceOwner:
    """An agent that was asked for, with the modules that its definition names."""
    names = alike(name, known)
    selection = Selection(kinds=(Kind.NOTE,), agents=names, lens=lens)
    notes = db.memories.newest_ids(selection, limit=MOST) if names else []
    own = {
        module
        for memory in db.memories.at_revisions(notes).values()
        if getattr(memory.revision.draft.details, "topic", "") == "definition"
        for module in memory.revision.draft.modules
    }
    return SliceOwner(name, frozenset(names), frozenset({*own, *alike(name, modules)}))
