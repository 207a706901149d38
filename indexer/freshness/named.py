"""What a memory names, going by its text and by its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.wording.anchors import MOST, find_anchors
from memory.models.details import Refactoring, Run
from memory.models.kinds import Trust

if TYPE_CHECKING:
    from collections.abc import Collection

    from memory.models.freshness import Anchor
    from memory.models.revision import Memory


def anchors_of(memory: Memory, records: Collection[str]) -> tuple[Anchor, ...]:
    """The places that a memory names, in the order of its text, each once.

    What a refactoring moved away from is to be gone, so only where it went is asked about. A run
    tells what was, of which nothing can age; nor is a record's own file such a place, or that
    of another record, which says itself how it stands.

    Args:
        memory: Which.
        records: Files that memories stand in.
    """
    draft = memory.revision.draft
    if isinstance(draft.details, Run):
        return ()
    if isinstance(draft.details, Refactoring):
        found = _of_refactoring(draft.details, memory.revision.source.trust, draft.body)
    else:
        found = [*find_anchors(f"{draft.title}\n\n{draft.body}", path=memory.path or "")]
    return tuple(one for one in found if one.type != "path" or one.name not in records)[:MOST]


def _of_refactoring(details: Refactoring, trust: Trust, body: str) -> list[Anchor]:
    moves = [f"`{move.destination}`" for move in details.moved if move.destination]
    made = find_anchors("\n".join(moves))
    if trust is Trust.DERIVED:  # its text is a commit's message, and lists the moves once more
        return list(made)
    left = {
        place.name for place in find_anchors("\n".join(f"`{one.origin}`" for one in details.moved))
    }
    said = [one for one in find_anchors(body) if one.name not in left]
    return list(dict.fromkeys([*made, *said]))
