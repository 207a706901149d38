"""Lists flags, and settles them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.errors import InvalidRequest
from memory.flags.saying import (
    acknowledged,
    concerning,
    expired,
    is_open,
    resolved,
    who_acknowledged,
)
from memory.ledger.memories import fetch_memory, find_uid, list_memories
from memory.models.answer import Listed
from memory.models.flagged import FlagAction, Flags
from memory.models.kinds import Kind, Status
from memory.models.selection import NOW, Selection
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.answer import Recorded
    from memory.models.revision import Draft

_UID = re.compile(r"[a-z]{3}-[a-z2-7]{3,8}")
_HASH = re.compile(r"[0-9a-f]{7,40}")


class Settling(NamedTuple):
    """What a caller wants of a flag."""

    action: FlagAction
    uid: str
    by: str  # a name
    evidence: str = ""
    reason: str = ""


def list_flags(db: Database, domain: str, *, everything: bool, at: datetime) -> Flags:
    """The flags that concern a domain, or anybody; of closed ones only if everything is wanted."""
    found = concerning(_flags(db), domain)
    shown = tuple(one for one in found if everything or is_open(one))
    return Flags(action="list", flags=shown, at=at)


def settle(
    db: Database,
    wanted: Settling,
    at: datetime,
    *,
    amend: Callable[[str, Draft], Recorded],
    commit_of: Callable[[str], str],
) -> Flags:
    """Acknowledge, resolve or expire a flag; what was done before is said, and changes nothing.

    Args:
        db: An open ledger.
        wanted: What is wanted.
        at: The moment.
        amend: Keeps a revision of a memory, by its uid.
        commit_of: The full hash of the commit that has a name.
    """
    listed = _flag(db, wanted.uid)
    uid, draft = listed.memory.uid, listed.memory.revision.draft
    if said := _done_already(listed, wanted.action):
        return Flags(action=wanted.action, flags=(listed,), at=at, said=said)
    if wanted.action == "acknowledge":
        new, did = acknowledged(draft, wanted.by, at), "Acknowledged"
    elif wanted.action == "expire":
        new, did = expired(draft, at, wanted.reason), "Expired"
    else:
        new, did = _resolved(db, draft, wanted, at, commit_of), "Resolved"
    recorded = amend(uid, new)
    return Flags(
        action=wanted.action,
        flags=(_flag(db, uid),),
        at=at,
        changed=recorded.is_new,
        said=f"{did} {uid}.",
        path=recorded.path,
        pending=recorded.pending,
    )


def _resolved(
    db: Database, draft: Draft, wanted: Settling, at: datetime, commit_of: Callable[[str], str]
) -> Draft:
    """The flag resolved, with what the evidence names: a memory, a commit, or words."""
    said = wanted.evidence.strip()
    if not said:
        raise InvalidRequest("flag", "say with --evidence what shows that it is resolved")
    if _UID.fullmatch(said):
        found = fetch_memory(db, find_uid(db, said))
        return resolved(draft, wanted.by, at, f"{found.title} ({found.uid})", found.uid)
    if _HASH.fullmatch(said):
        said = f"commit {commit_of(said)}"
    return resolved(draft, wanted.by, at, said)


def _done_already(listed: Listed, action: FlagAction) -> str:
    """Why there is nothing to do, in words; "" where there is something."""
    uid, standing = listed.memory.uid, listed.standing
    draft = listed.memory.revision.draft
    if not is_open(listed):
        if action == "expire" and draft.status in (Status.OPEN, Status.ACKNOWLEDGED):
            return ""  # its time was over; now it says so
        on = f" since {standing.valid_to:%Y-%m-%d}" if standing.valid_to else ""
        return f"{uid} is closed already: {standing.status}{on}."
    if action == "acknowledge" and draft.status is Status.ACKNOWLEDGED:
        who = who_acknowledged(draft)
        return f"{uid} was acknowledged already{f' by {who}' if who else ''}."
    return ""


def _flag(db: Database, uid: str) -> Listed:
    found = fetch_memory(db, find_uid(db, uid))
    if found.kind is not Kind.FLAG:
        raise InvalidRequest("flag", f"{found.uid} is a {found.kind}")
    if found.revision.removed:
        raise InvalidRequest("flag", f"{found.uid} is no longer in the project's files")
    standing = fetch_standings(db, NOW, [found.uid])[found.uid]
    return Listed(memory=found, standing=standing)


def _flags(db: Database) -> list[Listed]:
    found = list_memories(db, Selection(kinds=(Kind.FLAG,)))
    standings = fetch_standings(db, NOW, [one.uid for one in found])
    return [Listed(memory=one, standing=standings[one.uid]) for one in found]
