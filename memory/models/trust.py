"""How far a memory can be trusted that rests on others, or on who says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.kinds import SPECS
from memory.models.kinds import Trust

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.models.revision import Draft

_ORDER = list(Trust)  # from most to least trusted
SAID_AS = "Trust"  # the label under which a lesson's file says that it deserves less


def trust_in(author: str) -> Trust:
    """How far one can trust who says something."""
    return Trust.AGENT if author.startswith("agent:") else Trust.TEAM


def least(first: Trust, others: Iterable[Trust]) -> Trust:
    """The least trusted of all."""
    return max((first, *others), key=_ORDER.index)


def trust_of(draft: Draft, source: Trust) -> Trust:
    """The trust of what a source says; a lesson may say itself that it deserves less.

    A lesson that was learned from what an agent reported stays what it was when it comes back
    from a file that the team shares, here and with colleagues, until one of them vouches for it
    by taking the line out.
    """
    if not SPECS[draft.kind].says_trust:
        return source
    said = (str(value).strip().lower() for name, value in draft.extra.items() if _is_label(name))
    return least(source, (Trust(one) for one in said if one in _ORDER))


def _is_label(name: str) -> bool:
    return name.strip().casefold() == SAID_AS.casefold()
