"""Lists flags, and settles them."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Protocol

from memory.errors import ChangedMeanwhile, InvalidRequest, UnknownCommit, UnknownMemory
from memory.flags.saying import (
    acknowledged,
    concerning,
    expired,
    is_open,
    resolved,
)
from memory.ledger.memories import fetch_memory, find_uid, list_memories
from memory.models.answer import Listed
from memory.models.flagged import FlagAction, Flags
from memory.models.identity import UID, UID_PREFIX
from memory.models.kinds import Kind, Status
from memory.models.selection import NOW, Selection
from memory.retrieval.standings import fetch_standings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from memory.ledger.connection import Database
    from memory.models.answer import Recorded
    from memory.models.revision import Draft

_TRIES = 5  # where others settle the same flag at the same time
_UID = re.compile(UID)
_UID_OR_BEGINNING = re.compile(rf"{UID_PREFIX}[a-z2-7]{{3,8}}")
_WORDS = re.compile(r"not-[a-z]{8}")  # not-required: as much a word as the uid of a note
_HASH = re.compile(r"[0-9a-f]{7,40}")


class Settling(NamedTuple):
    """What a caller wants of a flag."""

    action: FlagAction
    uid: str
    by: str  # a name
    evidence: str = ""
    reason: str = ""


class Amend(Protocol):
    """Keeps a revision of a memory that was made from its revision `after`."""

    def __call__(self, uid: str, draft: Draft, *, after: int) -> Recorded:
        """As `ArchMem.amend`."""
        ...


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
    amend: Amend,
    commit_of: Callable[[str], str],
) -> Flags:
    """Acknowledge, resolve or expire a flag; what was done before is said, and changes nothing.

    Where somebody else changes the flag meanwhile, what they made of it is looked at anew.

    Args:
        db: An open ledger.
        wanted: What is wanted.
        at: The moment.
        amend: Keeps a revision of a memory.
        commit_of: The full hash of the commit that has a name.
    """
    for _ in range(_TRIES - 1):
        with suppress(ChangedMeanwhile):
            return _settle(db, wanted, at, amend, commit_of)
    return _settle(db, wanted, at, amend, commit_of)


def _settle(
    db: Database, wanted: Settling, at: datetime, amend: Amend, commit_of: Callable[[str], str]
) -> Flags:
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
    recorded = amend(uid, new, after=listed.memory.revision.number)
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
    if uid := _uid_named(db, said):
        found = fetch_memory(db, uid)
        return resolved(draft, wanted.by, at, f"{found.title} ({found.uid})", found.uid)
    return resolved(draft, wanted.by, at, _commit_named(said, commit_of) or said)


def _uid_named(db: Database, said: str) -> str:
    """The uid of the memory that evidence names; "" where it is words, such as `not-needed`.

    Raises:
        UnknownMemory, AmbiguousUid: it is a uid that was mistyped.
    """
    if not _UID_OR_BEGINNING.fullmatch(said):
        return ""
    try:
        return find_uid(db, said)
    except UnknownMemory:
        is_typed = any(letter.isdigit() for letter in said) or _UID.fullmatch(said)
        if is_typed and not _WORDS.fullmatch(said):
            raise
        return ""


def _commit_named(said: str, commit_of: Callable[[str], str]) -> str:
    """The commit that evidence names, in words; "" where it is words, or just a number.

    Raises:
        UnknownCommit: it is a hash that was mistyped.
    """
    if not _HASH.fullmatch(said):
        return ""
    try:
        return f"commit {commit_of(said)}"
    except UnknownCommit:
        if said.isdigit() or said.isalpha():
            return ""
        raise


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
        return f"{uid} was acknowledged already."
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
