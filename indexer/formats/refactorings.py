"""Previous refactorings: `.claude/memory/refactorings/history.json`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from indexer.formats.entries.json_entries import (
    TEXTS,
    Entry,
    JsonFormat,
    Shape,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, prose
from indexer.wording.naming import as_title, first_sentence, slug
from memory.kinds.vocabulary import Status
from memory.models.details import Move, Refactoring
from memory.texts.field_names import snake
from memory.texts.lexicon import by_word

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.memory import Draft

SHAPE = Shape.of("refactoring")
_RENAMED = by_word(SHAPE.names["renamed"])
_STATUSES = by_word(SHAPE.names["statuses"])
_ENDS = frozenset((*SHAPE.names["origin"], *SHAPE.names["destination"]))
_ARROW = re.compile(r"\s*(?:→|⇒|->|=>)\s*")


class Refactorings(JsonFormat):
    """Any JSON below `.claude/memory/refactorings/`: arrays, objects with one, mappings by id."""

    name = "refactorings"
    folder = "refactorings"

    def parse(self, document: Document) -> Parsed:
        """All refactorings of a document."""
        return parse_entries(document, SHAPE, _read)


def _read(entry: Entry) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    entry = replace(entry, value={_RENAMED.get(name, name): v for name, v in entry.raw.items()})
    identity = Fields(entry.raw, SHAPE.names).text("id") or entry.name
    fields = Fields(entry.raw, SHAPE.names)
    valid_from = fields.when("date")
    details = _details(fields, entry)
    common = take_common(fields, entry)
    title = common.title or _title(entry, details) or as_title(identity)
    if not title:
        return "it has neither a title nor a description"
    key = slug(identity or title)
    return draft_of(entry, fields, common, details, title=title, key=key, valid_from=valid_from)


def _details(fields: Fields, entry: Entry) -> Refactoring:
    reverted = fields.take("reverted", read=_reverted)
    who, reason = reverted or ("", "")
    status = fields.take("status", read=known_status if entry.uid else _status)
    if status is None and not entry.uid:
        status = _known(entry.collection) or (Status.REVERTED if reverted else None)
    return Refactoring(
        status=status or Status.UNSTATED,
        moved=_moved(fields),
        why=fields.text("why"),
        intended_effect=fields.text("intended_effect"),
        measured_effect=fields.text("measured_effect"),
        commits=fields.words("commits"),
        reverted_by=who,
        revert_reason=fields.text("revert_reason") or reason,
    )


def _moved(fields: Fields) -> tuple[Move, ...]:
    """The moves that an entry lists, or the one that it describes with `from` and `to`."""
    listed = fields.take("moved", read=_moves)
    if listed is not None:
        return listed
    origin, destination = fields.text("origin"), fields.text("destination")
    what = fields.text("what")
    return (Move(what=what, origin=origin, destination=destination),) if origin else ()


def _moves(value: JsonValue) -> tuple[Move, ...] | None:
    if isinstance(value, dict) and not {snake(name) for name in value} & _ENDS:
        return tuple(
            Move(what="", origin=name, destination=prose(to)) for name, to in value.items()
        )
    items = value if isinstance(value, list) else [value]
    return tuple(_move(item) for item in items if prose(item)) or None


def _move(value: JsonValue) -> Move:
    if isinstance(value, dict):
        fields = Fields(value, SHAPE.names)
        what, origin, to = (fields.text(name) for name in ("moved_what", "origin", "destination"))
        what = "; ".join(part for part in (what, prose(fields.rest())) if part)
        return Move(what=what, origin=origin, destination=to)
    first, *rest = _ARROW.split(prose(value), maxsplit=1)
    return Move(what="", origin=first, destination=rest[0]) if rest else Move(what=first)


def _reverted(value: JsonValue) -> tuple[str, str] | None:
    """By what it was reverted, and why; both may be empty."""
    if isinstance(value, dict):
        fields = Fields(value, SHAPE.names)
        by, reason = fields.text("by"), fields.text("because")
        left = prose(fields.rest())
        return by, "; ".join(part for part in (reason, left) if part)
    if isinstance(value, bool):
        return ("", "") if value else None
    said = prose(value)
    return (said, "") if said else None


def _status(value: JsonValue) -> Status | None:
    return _known(snake(str(value))) or known_status(value)


def _known(word: str) -> Status | None:
    said = _STATUSES.get(word)
    return Status(said) if said else None


def _title(entry: Entry, details: Refactoring) -> str:
    texts = [prose(value) for name, value in entry.raw.items() if snake(name) in (*TEXTS, "type")]
    said = next((text for text in texts if text), "") or details.why
    if not said and details.moved:
        move = details.moved[0]
        said = f"Move {move.what or move.origin} to {move.destination}"
    return first_sentence(said)
