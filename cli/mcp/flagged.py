"""Flags: whom they concern, and what is said of each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cli.fencing import fenced
from cli.mcp.budget import shortened, weight
from cli.mcp.items import GIVES_ORDERS, citation, line, names
from cli.mcp.values import FlagItem
from memory.flags import is_overdue, who_acknowledged
from memory.kinds.vocabulary import Trust
from memory.models.flags import flag_of
from memory.texts.formatting import day
from memory.texts.quoting import harmless

if TYPE_CHECKING:
    from memory.models.answer import Listed

_TITLE, _NAME = 320, 60  # bytes; the title is all that many a flag says


def flag_item(listed: Listed, room: int) -> FlagItem:
    """A flag whose suggested action is cut, if need be, so that it fits into an empty result."""
    memory, flag = listed.memory, flag_of(listed)
    fields = {
        "uid": memory.uid,
        "revision": memory.revision.number,
        "title": line(memory.title, _TITLE),
        "status": listed.standing.status,
        "severity": flag.severity,
        "blocking": flag.blocking,
        "sender": line(flag.sender, _NAME),
        "receivers": names(flag.receivers),
        "owner": line(flag.owner, _NAME),
        "due": day(flag.due),
        "overdue": is_overdue(listed, datetime.now(UTC).date()),
        "acknowledged_by": line(who_acknowledged(memory.revision.draft), _NAME),
        "modules": names(memory.revision.draft.modules),
        "date": day(memory.revision.began),
        "trust": memory.revision.trust,
        "citation": citation(memory),
    }
    empty = FlagItem.model_validate(fields)
    left = max(room - weight(empty, flag_block(empty)) - 40, 0)
    action = shortened(harmless(flag.suggested_action), left)
    return FlagItem.model_validate(fields | {"suggested_action": action})


def flag_block(flag: FlagItem) -> str:
    """A flag as a quoted record."""
    about = {
        "uid": flag.uid,
        "kind": "flag",
        "revision": str(flag.revision),
        "status": flag.status,
        "severity": flag.severity,
        "blocking": "yes" if flag.blocking else "",
        "from": flag.sender,
        "to": ", ".join(flag.receivers),
        "owner": flag.owner,
        "due": f"{flag.due}{' (overdue)' if flag.overdue else ''}",
        "acknowledged": flag.acknowledged_by,
        "date": flag.date,
        "trust": flag.trust,
        "warning": GIVES_ORDERS if flag.trust == Trust.DOUBTED else "",
        "source": flag.citation,
        "modules": ", ".join(flag.modules),
    }
    action = f"\nsuggested: {flag.suggested_action}" if flag.suggested_action else ""
    return fenced(flag.title + action, about)
