"""Cross-domain flags: `.claude/memory/flags/pending.json` and `processed.json`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from indexer.formats.entries.json_entries import (
    DATES,
    TEXTS,
    Entry,
    Shape,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, prose, render
from indexer.wording.naming import as_title, first_sentence, names, slug
from memory.models.details import Flag
from memory.models.kinds import Status, Trust
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.revision import Draft

Severity = Literal["critical", "high", "medium", "low", ""]

_SENDER = ("sender", "found_by", "from", "from_agent", "raised_by", "reported_by", "source")
_RECEIVERS = (
    "receivers",
    "agents_to_notify",
    "to",
    "to_agents",
    "to_agent",
    "notify",
    "target_agent",
    "target",
)
_SEVERITIES: dict[str, Severity] = {
    "critical": "critical",
    "blocker": "critical",
    "p0": "critical",
    "urgent": "critical",
    "high": "high",
    "major": "high",
    "error": "high",
    "p1": "high",
    "medium": "medium",
    "moderate": "medium",
    "normal": "medium",
    "warning": "medium",
    "p2": "medium",
    "low": "low",
    "minor": "low",
    "info": "low",
    "p3": "low",
}
_STATUSES = {
    "open": Status.OPEN,
    "pending": Status.OPEN,
    "new": Status.OPEN,
    "active": Status.OPEN,
    "acknowledged": Status.ACKNOWLEDGED,
    "in_progress": Status.ACKNOWLEDGED,
    "locked": Status.ACKNOWLEDGED,
    "assigned": Status.ACKNOWLEDGED,
    "resolved": Status.RESOLVED,
    "processed": Status.RESOLVED,
    "completed": Status.RESOLVED,
    "closed": Status.RESOLVED,
    "done": Status.RESOLVED,
    "fixed": Status.RESOLVED,
    "expired": Status.EXPIRED,
    "stale": Status.EXPIRED,
    "wont_fix": Status.WITHDRAWN,
    "dismissed": Status.WITHDRAWN,
}
_RESOLVED = frozenset({"processed_flags", "processed", "resolved", "resolved_flags", "completed"})
_RESOLVED_ON = "resolution_date"
SHAPE = Shape(
    collections=frozenset(
        {"flags", "pending_flags", "pending", "open", "entries", "items", "data", "by_module"}
        | _RESOLVED
    ),
    marks=names(
        "flag_type type module_affected affects_multiple severity found_by suggested_action "
        "blocking description message"
    ),
    wrapper="original_flag",
)


class Flags:
    """Any JSON below `.claude/memory/flags/`.

    A flag keeps its id as its key when it goes from pending to processed, so that both are the
    same flag. What was processed is resolved unless it says otherwise.
    """

    name = "flags"
    trust = Trust.TEAM

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is a JSON file of the flags folder."""
        return path.suffix == ".json" and path.match(".claude/memory/flags/*")

    def parse(self, document: Document) -> Parsed:
        """All flags of a document."""
        in_processed = snake(document.name.removesuffix(".json")) in _RESOLVED
        return parse_entries(document, SHAPE, lambda entry: _read(entry, processed=in_processed))


def _read(entry: Entry, *, processed: bool) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    processed = processed or entry.collection in _RESOLVED or "original_flag" in entry.value
    entry = replace(entry, value=_unfolded(entry.value))
    identity = Fields(entry.raw).text("id", "flag_id") or entry.name
    fields = Fields(entry.raw)
    valid_from = fields.when("valid_from", "timestamp", *DATES)
    otherwise = Status.RESOLVED if processed else Status.OPEN
    details = _details(fields, otherwise, exact=bool(entry.uid))
    common = take_common(fields, entry)
    title = common.title or _title(entry.raw, details) or as_title(identity)
    if not title:
        return "it has neither a description nor a type"
    key = slug(identity) or slug(f"{details.flag_type} {title}")
    return draft_of(entry, fields, common, details, title=title, key=key, valid_from=valid_from)


def _unfolded(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """A processed flag as the flag it was, with what was done about it beside its fields."""
    original = raw.get("original_flag")
    if not isinstance(original, dict):
        return raw
    was = {name: value for name, value in original.items() if not _was_open(name, value)}
    done = {name: value for name, value in raw.items() if name != "original_flag"}
    resolution = done.get("resolution")
    if isinstance(resolution, dict):
        ended = {name: value for name, value in resolution.items() if snake(name) == _RESOLVED_ON}
        done |= {"resolution": {k: v for k, v in resolution.items() if k not in ended}, **ended}
    return {**was, **done}


def _was_open(name: str, value: JsonValue) -> bool:
    return snake(name) == "status" and _status(value) in {Status.OPEN, Status.ACKNOWLEDGED}


def _details(fields: Fields, otherwise: Status, *, exact: bool) -> Flag:
    read_state = known_status if exact else _status
    return Flag(
        status=fields.take("status", "state", read=read_state) or otherwise,
        flag_type=fields.text("flag_type", "type", "category"),
        sender=fields.text(*_SENDER),
        receivers=_receivers(fields),
        severity=fields.take("severity", "priority", "urgency", read=_severity) or "",
        blocking=fields.truth("blocking", "is_blocking", "blocker") or False,
        owner=fields.text("owner", "assignee", "assigned_to"),
        due=fields.when("due", "due_date", "deadline"),
        suggested_action=fields.text(
            "suggested_action", "suggested_fix", "recommendation", "action"
        ),
        resolution=fields.take("resolution", "solution_applied", "resolved_with", read=_resolution)
        or "",
    )


def _receivers(fields: Fields) -> tuple[str, ...]:
    """Everyone who is to be told; of several fields each once, in the order of the table."""
    lists = [listed for name in _RECEIVERS if (listed := fields.words(name))]
    if len(lists) == 1:
        return lists[0]
    return tuple(dict.fromkeys(name for listed in lists for name in listed))


def _severity(value: JsonValue) -> Severity | None:
    return _SEVERITIES.get(snake(str(value)))


def _status(value: JsonValue) -> Status | None:
    return _STATUSES.get(snake(str(value))) or known_status(value)


def _resolution(value: JsonValue) -> str | None:
    """What was done, and behind it whatever else is said of it."""
    if not isinstance(value, dict):
        return prose(value) or None
    fields = Fields(value)
    done = fields.text("solution_applied", "solution", "action_taken", "description", "summary")
    return "\n".join(part for part in (done, render(fields.rest())) if part) or None


def _title(raw: dict[str, JsonValue], details: Flag) -> str:
    texts = (prose(value) for name, value in raw.items() if snake(name) in TEXTS)
    said = next((text for text in texts if text), "")
    return first_sentence(said) or as_title(details.flag_type)
