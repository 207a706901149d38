"""Whose slice of a brief a memory stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.briefs.sections import Section, section_of
from memory.models.details import Flag
from memory.models.flags import parties
from memory.texts.agent_names import alike
from memory.texts.modules import same_modules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.briefs.material import Found, Owner


class Place(NamedTuple):
    """Where a memory stands in a brief."""

    agent: str  # whose slice it is in; "" for everybody's part
    section: Section


def place_of(found: Found, owners: Sequence[Owner]) -> Place:
    """Its section, in the slice of the one agent that it concerns, else in everybody's part.

    What concerns several, or none of them, is told once for all.
    """
    concerned = [owner.name for owner in owners if _concerns(found, owner)]
    agent = concerned[0] if len(concerned) == 1 else ""
    return Place(agent, section_of(found.listed))


def _concerns(found: Found, owner: Owner) -> bool:
    draft = found.listed.memory.revision.draft
    if draft.agent is not None:
        return draft.agent in owner.agents
    details = draft.details
    if isinstance(details, Flag) and alike(owner.name, parties(details)):
        return True
    return same_modules(owner.modules, found.modules)
