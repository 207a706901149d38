"""How much one memory tells of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory.briefs.material import Found
    from memory.models.kinds import Kind, Status

OTHER_SORT = 0.75  # what is left of the likeness of two sorts


def overlap(one: Found, other: Found) -> float:
    """The cosine of what two memories are about; of their titles' words where one has none.

    Memories of different kinds or standings are less alike than they seem: that something was
    undone is told neither by the decision to do it nor by the second attempt.
    """
    if one.vector is not None and other.vector is not None:
        alike = float(one.vector @ other.vector)
    else:
        union = len(one.words | other.words)
        alike = len(one.words & other.words) / union if union else 0.0
    return alike if _sort(one) == _sort(other) else alike * OTHER_SORT


def _sort(found: Found) -> tuple[Kind, Status]:
    return found.listed.memory.kind, found.listed.standing.status
