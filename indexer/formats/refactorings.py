"""Previous refactorings: `.claude/memory/refactorings/history.json`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

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
from indexer.formats.entries.json_fields import Fields, prose
from indexer.wording.naming import as_title, first_sentence, names, slug
from memory.models.details import Move, Refactoring
from memory.models.kinds import Status, Trust
from memory.texts.field_names import snake

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.revision import Draft

_WHAT = ("what", "name", "item", "symbol", "component", "class", "function", "file")
_ORIGIN = ("origin", "from", "source", "old", "before", "old_path", "moved_from")
_DESTINATION = ("destination", "to", "target", "new", "after", "new_path", "moved_to")
_WHY = ("why", "reason", "motivation", "rationale", "problem", "goal")
_INTENDED = ("intended_effect", "expected_effect", "expected_impact", "expected", "intent")
_MEASURED = (
    "measured_effect",
    "actual_effect",
    "result",
    "results",
    "outcome",
    "impact",
    "effect",
    "performance_improvement",
    "measured",
)
#: A refactoring that names a decision is one in which the decision was tried.
_RENAMED = {"decision": "tries", "decisions": "tries", "adr": "tries", "baselines": "related"}
_ARROW = re.compile(r"\s*(?:→|⇒|->|=>)\s*")
_STATUSES = {
    "done": Status.DONE,
    "complete": Status.DONE,
    "completed": Status.DONE,
    "success": Status.DONE,
    "successful": Status.DONE,
    "merged": Status.DONE,
    "applied": Status.DONE,
    "planned": Status.PLANNED,
    "in_progress": Status.PLANNED,
    "pending": Status.PLANNED,
    "todo": Status.PLANNED,
    "reverted": Status.REVERTED,
    "rolled_back": Status.REVERTED,
    "rollback": Status.REVERTED,
    "abandoned": Status.WITHDRAWN,
    "cancelled": Status.WITHDRAWN,
}
SHAPE = Shape(
    collections=names(
        "refactorings refactors refactoring_history history entries items records changes data "
        "completed reverted planned by_module modules"
    ),
    marks=frozenset(
        (*_WHY, *_INTENDED, *_MEASURED, *DATES, "title", "moved", "moves", "from", "to", "status")
    ),
)


class Refactorings:
    """Any JSON below `.claude/memory/refactorings/`: arrays, objects with one, mappings by id."""

    name = "refactorings"
    trust = Trust.TEAM

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is a JSON file of the refactorings folder."""
        return path.suffix == ".json" and path.match(".claude/memory/refactorings/*")

    def parse(self, document: Document) -> Parsed:
        """All refactorings of a document."""
        return parse_entries(document, SHAPE, _read)


def _read(entry: Entry) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    entry = replace(entry, value={_RENAMED.get(name, name): v for name, v in entry.raw.items()})
    identity = Fields(entry.raw).text("id", "refactoring_id", "key") or entry.name
    fields = Fields(entry.raw)
    valid_from = fields.when(*DATES)
    details = _details(fields, entry)
    common = take_common(fields, entry)
    title = common.title or _title(entry, details) or as_title(identity)
    if not title:
        return "it has neither a title nor a description"
    key = slug(identity or title)
    return draft_of(entry, fields, common, details, title=title, key=key, valid_from=valid_from)


def _details(fields: Fields, entry: Entry) -> Refactoring:
    reverted = fields.take("reverted", "reverted_by", "rollback", "revert", read=_reverted)
    who, reason = reverted or ("", "")
    status = fields.take("status", "state", read=known_status if entry.uid else _status)
    if status is None and not entry.uid:
        status = _STATUSES.get(entry.collection) or (Status.REVERTED if reverted else None)
    return Refactoring(
        status=status or Status.UNSTATED,
        moved=_moved(fields),
        why=fields.text(*_WHY),
        intended_effect=fields.text(*_INTENDED),
        measured_effect=fields.text(*_MEASURED),
        commits=fields.words("commits", "commit", "commit_hash", "commit_hashes", "sha"),
        reverted_by=who,
        revert_reason=fields.text("revert_reason", "reverted_because", "rollback_reason") or reason,
    )


def _moved(fields: Fields) -> tuple[Move, ...]:
    """The moves that an entry lists, or the one that it describes with `from` and `to`."""
    listed = fields.take("moved", "moves", "changes", "moved_files", "files_moved", read=_moves)
    if listed is not None:
        return listed
    origin, destination = fields.text(*_ORIGIN), fields.text(*_DESTINATION)
    what = fields.text("what", "item", "component", "symbol")
    return (Move(what=what, origin=origin, destination=destination),) if origin else ()


def _moves(value: JsonValue) -> tuple[Move, ...] | None:
    if isinstance(value, dict) and not {snake(name) for name in value} & {*_ORIGIN, *_DESTINATION}:
        return tuple(
            Move(what="", origin=name, destination=prose(to)) for name, to in value.items()
        )
    items = value if isinstance(value, list) else [value]
    return tuple(_move(item) for item in items if prose(item)) or None


def _move(value: JsonValue) -> Move:
    if isinstance(value, dict):
        fields = Fields(value)
        what, origin, to = fields.text(*_WHAT), fields.text(*_ORIGIN), fields.text(*_DESTINATION)
        what = "; ".join(part for part in (what, prose(fields.rest())) if part)
        return Move(what=what, origin=origin, destination=to)
    first, *rest = _ARROW.split(prose(value), maxsplit=1)
    return Move(what="", origin=first, destination=rest[0]) if rest else Move(what=first)


def _reverted(value: JsonValue) -> tuple[str, str] | None:
    """By what it was reverted, and why; both may be empty."""
    if isinstance(value, dict):
        fields = Fields(value)
        by = fields.text("reverted_by", "by", "commit", "sha", "in")
        reason = fields.text("reason", "revert_reason", "why", "because")
        left = prose(fields.rest())
        return by, "; ".join(part for part in (reason, left) if part)
    if isinstance(value, bool):
        return ("", "") if value else None
    said = prose(value)
    return (said, "") if said else None


def _status(value: JsonValue) -> Status | None:
    return _STATUSES.get(snake(str(value))) or known_status(value)


def _title(entry: Entry, details: Refactoring) -> str:
    texts = [prose(value) for name, value in entry.raw.items() if snake(name) in (*TEXTS, "type")]
    said = next((text for text in texts if text), "") or details.why
    if not said and details.moved:
        move = details.moved[0]
        said = f"Move {move.what or move.origin} to {move.destination}"
    return first_sentence(said)
