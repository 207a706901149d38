"""What a flag says once it is acknowledged, resolved or expired, and whom it concerns."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from memory.errors import InvalidRecord
from memory.models.details import Flag
from memory.models.flags import STILL_OPEN, by_urgency, flag_of, parties
from memory.models.kinds import LinkType, Status
from memory.models.revision import Reference
from memory.texts.agent_names import alike
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from pydantic import JsonValue

    from memory.models.answer import Listed
    from memory.models.revision import Draft

#: Who did it and when, under the names that files may have for that; the first is the usual one.
_ACKNOWLEDGED_BY = ("acknowledged_by", "ack_by", "acked_by")
_ACKNOWLEDGED_AT = ("acknowledged_at", "acknowledged_on", "ack_at", "acked_at")
_RESOLVED_BY = ("resolved_by", "closed_by", "fixed_by")


def acknowledged(draft: Draft, by: str, at: datetime) -> Draft:
    """A flag that somebody has taken notice of."""
    said = _named(draft, _ACKNOWLEDGED_BY, by) | _named(draft, _ACKNOWLEDGED_AT, _moment(at))
    return _settled(draft, Status.ACKNOWLEDGED, extra=said)


def resolved(draft: Draft, by: str, at: datetime, evidence: str, uid: str = "") -> Draft:
    """A flag that was settled, and what shows it.

    Args:
        draft: What the flag says.
        by: Who settled it.
        at: When.
        evidence: In words.
        uid: Of the memory that resolves it, if one does.
    """
    new = _settled(
        draft, Status.RESOLVED, extra=_named(draft, _RESOLVED_BY, by), resolution=evidence
    )
    link = Reference(type=LinkType.RESOLVES, target=uid, inverse=True) if uid else None
    references = draft.references + ((link,) if link and link not in draft.references else ())
    return new.model_copy(update={"valid_to": at, "references": references})


def expired(draft: Draft, at: datetime, reason: str = "") -> Draft:
    """A flag that nobody need settle any more."""
    new = _settled(draft, Status.EXPIRED, extra={}, **({"resolution": reason} if reason else {}))
    return new.model_copy(update={"valid_to": at})


def is_open(listed: Listed) -> bool:
    """Whether a flag is still to be settled."""
    return listed.standing.status in STILL_OPEN


def is_overdue(listed: Listed, today: date) -> bool:
    """Whether a flag that is still to be settled should have been, on a day before this one."""
    due = flag_of(listed).due
    return is_open(listed) and due is not None and due.astimezone(UTC).date() < today


def who_acknowledged(draft: Draft) -> str:
    """Who took notice of a flag, if it says."""
    own = _own_names(draft)
    return next((str(draft.extra[own[name]]) for name in _ACKNOWLEDGED_BY if name in own), "")


def concerning(flags: Iterable[Listed], domain: str) -> list[Listed]:
    """The flags of a domain, those that it raised too; of all if it is empty.

    Those that are open come first, of each sort the most urgent.
    """
    found = by_urgency(one for one in flags if concerns(one, domain))
    return sorted(found, key=lambda one: not is_open(one))


def concerns(listed: Listed, domain: str) -> bool:
    """Whether a flag has to do with a domain: `auth` is also `auth-agent` and `agent:auth`.

    Each does if no domain is named.
    """
    involved = (*parties(flag_of(listed)), *listed.memory.revision.draft.modules)
    return not domain or bool(alike(domain, involved))


def _settled(draft: Draft, status: Status, *, extra: dict[str, JsonValue], **said: str) -> Draft:
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


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")
