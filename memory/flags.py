"""Flags of domains for one another: which concern whom, and how they are settled."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC
from typing import TYPE_CHECKING, NamedTuple, Protocol

from memory.errors import (
    ChangedMeanwhile,
    InvalidRecord,
    InvalidRequest,
    UnknownCommit,
    UnknownMemory,
)
from memory.kinds.vocabulary import Kind, LinkType, Status
from memory.models.answer import Listed
from memory.models.details import Flag
from memory.models.flags import STILL_OPEN, FlagAction, Flags, by_urgency, flag_of, parties
from memory.models.memory import UID, UID_PREFIX, Reference
from memory.models.selection import NOW, Selection
from memory.standings import fetch_standings, list_selected
from memory.texts.agent_names import alike
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from pydantic import JsonValue

    from memory.ledger.interface.database import Database
    from memory.models.answer import Recorded
    from memory.models.memory import Draft

_TRIES = 5  # where others settle the same flag at the same time
_UID = re.compile(UID)
_UID_OR_BEGINNING = re.compile(rf"{UID_PREFIX}[a-z2-7]{{3,8}}")
_WORDS = re.compile(r"not-[a-z]{8}")  # not-required: as much a word as the uid of a note
_HASH = re.compile(r"[0-9a-f]{7,40}")
#: Who did it and when, under the names that files may have for that; the first is the usual one.
_ACKNOWLEDGED_BY = ("acknowledged_by", "ack_by", "acked_by")
_ACKNOWLEDGED_AT = ("acknowledged_at", "acknowledged_on", "ack_at", "acked_at")
_RESOLVED_BY = ("resolved_by", "closed_by", "fixed_by")


class Amend(Protocol):
    """Keeps a revision of a memory that was made from its revision `after`."""

    def __call__(self, uid: str, draft: Draft, *, after: int) -> Recorded:
        """As `ArchMem.amend`."""
        ...


class Settling(NamedTuple):
    """What a caller wants of a flag."""

    action: FlagAction
    uid: str
    by: str  # a name
    evidence: str = ""
    reason: str = ""
    expected: int | None = None  # the revision that was read; None for whatever it says now


def is_open(listed: Listed) -> bool:
    """Whether a flag is still to be settled."""
    return listed.standing.status in STILL_OPEN


def is_overdue(listed: Listed, today: date) -> bool:
    """Whether a flag that is still to be settled should have been, on a day before this one."""
    due = flag_of(listed).due
    return is_open(listed) and due is not None and due.astimezone(UTC).date() < today


def concerns(listed: Listed, domain: str) -> bool:
    """Whether a flag has to do with a domain: `auth` is also `auth-agent` and `agent:auth`.

    Each does if no domain is named.
    """
    involved = (*parties(flag_of(listed)), *listed.memory.revision.draft.modules)
    return not domain or bool(alike(domain, involved))


def who_acknowledged(draft: Draft) -> str:
    """Who took notice of a flag, if it says."""
    own = _own_names(draft)
    return next((str(draft.extra[own[name]]) for name in _ACKNOWLEDGED_BY if name in own), "")


def list_flags(db: Database, domain: str, *, everything: bool, at: datetime) -> Flags:
    """The flags that concern a domain, or anybody; of closed ones only if everything is wanted.

    Those that are open come first, of each sort the most urgent.
    """
    flags = list_selected(db, Selection(kinds=(Kind.FLAG,)))
    found = by_urgency(
        one for one in flags if concerns(one, domain) and (everything or is_open(one))
    )
    shown = tuple(sorted(found, key=lambda one: not is_open(one)))
    return Flags(action="list", flags=shown, at=at)


def open_flags_of(db: Database, modules: Iterable[str]) -> list[Listed]:
    """The flags that are still to be settled and concern one of some modules, by urgency."""
    flags = list_selected(db, Selection(kinds=(Kind.FLAG,)))
    wanted = tuple(modules)
    return by_urgency(
        one for one in flags if is_open(one) and any(concerns(one, name) for name in wanted)
    )


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


def acknowledged(draft: Draft, by: str, at: datetime) -> Draft:
    """A flag that somebody has taken notice of."""
    when = at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    said = _named(draft, _ACKNOWLEDGED_BY, by) | _named(draft, _ACKNOWLEDGED_AT, when)
    return _with_status(draft, Status.ACKNOWLEDGED, extra=said)


def resolved(draft: Draft, by: str, at: datetime, evidence: str, uid: str = "") -> Draft:
    """A flag that was settled.

    Args:
        draft: What the flag says.
        by: Who settled it.
        at: When.
        evidence: What shows it, in words.
        uid: Of the memory that resolves it, if one does.
    """
    new = _with_status(
        draft, Status.RESOLVED, extra=_named(draft, _RESOLVED_BY, by), resolution=evidence
    )
    link = Reference(type=LinkType.RESOLVES, target=uid, inverse=True) if uid else None
    references = draft.references + ((link,) if link and link not in draft.references else ())
    return new.model_copy(update={"valid_to": at, "references": references})


def expired(draft: Draft, at: datetime, reason: str = "") -> Draft:
    """A flag that nobody need settle any more."""
    said = {"resolution": reason} if reason else {}
    new = _with_status(draft, Status.EXPIRED, extra={}, **said)
    return new.model_copy(update={"valid_to": at})


def _settle(
    db: Database, wanted: Settling, at: datetime, amend: Amend, commit_of: Callable[[str], str]
) -> Flags:
    listed = _fetch_flag(db, wanted.uid)
    uid, draft = listed.memory.uid, listed.memory.revision.draft
    if said := _done_already(listed, wanted.action):
        return Flags(action=wanted.action, flags=(listed,), at=at, said=said)
    listed.memory.ensure_read(wanted.expected)
    if wanted.action == "acknowledge":
        new, did = acknowledged(draft, wanted.by, at), "Acknowledged"
    elif wanted.action == "expire":
        new, did = expired(draft, at, wanted.reason), "Expired"
    else:
        evidence, resolver = _read_evidence(db, wanted.evidence.strip(), commit_of)
        new, did = resolved(draft, wanted.by, at, evidence, resolver), "Resolved"
    recorded = amend(uid, new, after=listed.memory.revision.number)
    return Flags(
        action=wanted.action,
        flags=(_fetch_flag(db, uid),),
        at=at,
        changed=recorded.is_new,
        said=f"{did} {uid}.",
        path=recorded.path,
        pending=recorded.pending,
    )


def _fetch_flag(db: Database, uid: str) -> Listed:
    found = db.memories.fetch(db.memories.find_uid(uid))
    if found.kind is not Kind.FLAG:
        raise InvalidRequest("flag", f"{found.uid} is a {found.kind}")
    if found.revision.removed:
        raise InvalidRequest("flag", f"{found.uid} is no longer in the project's files")
    standing = fetch_standings(db, NOW, [found.uid])[found.uid]
    return Listed(memory=found, standing=standing)


def _done_already(listed: Listed, action: FlagAction) -> str:
    """Why there is nothing to do, in words; "" where there is something."""
    uid, standing = listed.memory.uid, listed.standing
    own = listed.memory.revision.draft.status
    if not is_open(listed):
        if action == "expire" and own in STILL_OPEN:
            return ""  # its time was over; now it says so
        on = f" since {standing.valid_to:%Y-%m-%d}" if standing.valid_to else ""
        return f"{uid} is closed already: {standing.status}{on}."
    if action == "acknowledge" and own is Status.ACKNOWLEDGED:
        return f"{uid} was acknowledged already."
    return ""


def _read_evidence(db: Database, said: str, commit_of: Callable[[str], str]) -> tuple[str, str]:
    """What the evidence says in words, and the uid of the memory that it names, or ""."""
    if not said:
        raise InvalidRequest("flag", "say with --evidence what shows that it is resolved")
    if uid := _uid_named(db, said):
        found = db.memories.fetch(uid)
        return f"{found.title} ({found.uid})", found.uid
    return _commit_named(said, commit_of) or said, ""


def _uid_named(db: Database, said: str) -> str:
    """The uid of the memory that evidence names; "" where it is words, such as `not-needed`.

    Raises:
        UnknownMemory, AmbiguousUid: it is a uid that was mistyped.
    """
    if not _UID_OR_BEGINNING.fullmatch(said):
        return ""
    try:
        return db.memories.find_uid(said)
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


def _with_status(
    draft: Draft, status: Status, *, extra: dict[str, JsonValue], **said: str
) -> Draft:
    if not isinstance(draft.details, Flag):
        raise InvalidRecord(f"This is a {draft.kind}, not a flag.")
    details = draft.details.model_copy(update={"status": status, **said})
    return draft.model_copy(update={"details": details, "extra": {**draft.extra, **extra}})


def _named(draft: Draft, names: tuple[str, ...], value: str) -> dict[str, JsonValue]:
    """A value under the name that the flag has for it already, or else the usual one."""
    own = _own_names(draft)
    return {next((own[name] for name in names if name in own), names[0]): value}


def _own_names(draft: Draft) -> dict[str, str]:
    """How the flag's file spells the names that only it knows, by their usual spelling."""
    return {snake(name): name for name in draft.extra}
