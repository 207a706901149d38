"""The flag that tells that a review trigger has come true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.models.details import Flag
from memory.models.kinds import LinkType
from memory.models.revision import Draft, Reference
from memory.texts.agent_names import alike
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.models.trigger import Fired

REVIEWER = "agent:archmem"  # who says so
_SENDER = "archmem"
_LONGEST = 140  # characters of what is a part of a title


def review_flag(fired: Fired, agents: Sequence[str] = ()) -> Draft:
    """The flag for whoever owns the memory: its modules' agents, or the modules themselves.

    Args:
        fired: The trigger, and why it fired.
        agents: Those that are known by name.
    """
    receivers = [(*alike(module, agents), module)[0] for module in fired.modules]
    title, reason = _cut(fired.title), _cut(fired.reason)
    evidence = f"\nEvidence: {', '.join(fired.evidence)}" if fired.evidence else ""
    return Draft(
        title=f"Review “{title}”: {reason}",
        body=f"{fired.uid} is to be reviewed when: {fired.trigger}\n"
        f"It has come to that: {fired.reason}.{evidence}",
        details=Flag(
            flag_type="review",
            sender=_SENDER,
            receivers=tuple(dict.fromkeys(receivers)),
            severity="medium",
            suggested_action=f"Read it again with `archmem show {fired.uid}`; confirm, amend or "
            "supersede it, and resolve this flag with what was found.",
        ),
        modules=fired.modules,
        references=(
            Reference(type=LinkType.RELATES_TO, target=fired.uid),
            *(Reference(type=LinkType.CAUSED_BY, target=one) for one in fired.evidence),
        ),
        valid_from=fired.at,
        uid=fired.flag,
    )


def _cut(text: str) -> str:
    return shortened(" ".join(text.split()), _LONGEST)
