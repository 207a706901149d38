"""Cross-domain flags: `.claude/memory/flags/pending.json` and `processed.json`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

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
from indexer.formats.entries.json_fields import Fields, prose, render
from indexer.wording.naming import as_title, first_sentence, slug
from memory.kinds.vocabulary import Status
from memory.models.details import Flag
from memory.texts.field_names import snake
from memory.texts.lexicon import by_word

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.memory import Draft

Severity = Literal["critical", "high", "medium", "low", ""]

SHAPE = Shape.of("flag", wrapper="original_flag")
_SEVERITIES = cast("dict[str, Severity]", by_word(SHAPE.names["severities"]))
_STATUSES = by_word(SHAPE.names["statuses"])
_RESOLVED = frozenset(SHAPE.names["resolved"])
_RESOLVED_ON = "resolution_date"


class Flags(JsonFormat):
    """Any JSON below `.claude/memory/flags/`.

    A flag keeps its id as its key when it goes from pending to processed, so that both are the
    same flag. What was processed is resolved unless it says otherwise.
    """

    name = "flags"
    folder = "flags"

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
    fields = Fields(entry.raw, SHAPE.names)
    valid_from = fields.when("date")
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
    return Flag(
        status=fields.take("status", read=known_status if exact else _status) or otherwise,
        flag_type=fields.text("flag_type"),
        sender=fields.text("sender"),
        receivers=fields.all_words("receivers"),
        severity=fields.take("severity", read=lambda said: _SEVERITIES.get(snake(str(said)))) or "",
        blocking=fields.truth("blocking") or False,
        owner=fields.text("owner"),
        due=fields.when("due"),
        suggested_action=fields.text("suggested_action"),
        resolution=fields.take("resolution", read=_resolution) or "",
    )


def _status(value: JsonValue) -> Status | None:
    said = _STATUSES.get(snake(str(value)))
    return Status(said) if said else known_status(value)


def _resolution(value: JsonValue) -> str | None:
    """What was done, and behind it whatever else is said of it."""
    if not isinstance(value, dict):
        return prose(value) or None
    fields = Fields(value, SHAPE.names)
    done = fields.text("done")
    return "\n".join(part for part in (done, render(fields.rest())) if part) or None


def _title(raw: dict[str, JsonValue], details: Flag) -> str:
    texts = (prose(value) for name, value in raw.items() if snake(name) in TEXTS)
    said = next((text for text in texts if text), "")
    return first_sentence(said) or as_title(details.flag_type)
