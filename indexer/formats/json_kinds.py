"""Baselines, flags and refactorings: the JSON files of `.claude/memory/`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, cast

from indexer.formats.entries.json_entries import (
    TEXTS,
    EntryShape,
    JsonEntry,
    JsonFormat,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields, field_names, prose, render
from indexer.wording.entry_names import as_title, first_sentence, slug
from indexer.wording.quantities import decimal_mark, read_quantity
from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, Status
from memory.models.details import Baseline, Flag, Move, Refactoring
from memory.texts.field_names import snake
from memory.texts.lexicon import by_word
from memory.texts.numbers import plain_number
from memory.texts.patterns import BLANK_BEFORE

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.memory import Draft

_BASELINE, _FLAG, _REFACTORING = (
    EntryShape.of("baseline", scalars=True),
    EntryShape.of("flag", wrapper="original_flag"),
    EntryShape.of("refactoring"),
)


def _statuses(shape: EntryShape) -> dict[str, Status]:
    return {word: Status(name) for word, name in by_word(shape.names["statuses"]).items()}


#: How the entries of a kind that is kept in JSON are told from what is around them.
SHAPES = {Kind.BASELINE: _BASELINE, Kind.FLAG: _FLAG, Kind.REFACTORING: _REFACTORING} | {
    kind: EntryShape(
        field_names(kind),
        collections=frozenset(spec.collections),
        marks=frozenset({"uid", *spec.recorded}),
    )
    for kind, spec in SPECS.items()
    if spec.is_plain
}

_BETTER = cast("dict[str, Literal['lower', 'higher']]", by_word(_BASELINE.names["betters"]))


class BaselineFormat(JsonFormat):
    """Any JSON below `.claude/memory/performance/`.

    Read are an array of measurements, an object with one, and mappings `metric -> measurement`
    or `module -> metric -> measurement`, where a measurement is an object, a number or words.
    An object with several percentiles and no value is one baseline for each of them.
    """

    name = "baselines"
    folder = "performance"

    def parse(self, document: Document) -> Parsed:
        """All measurements of a document."""
        mark = decimal_mark(document.text)
        return parse_entries(document, _BASELINE, lambda entry: _read_baseline(entry, mark))


def _read_baseline(entry: JsonEntry, mark: str) -> list[Draft] | str:
    if not entry.name and not isinstance(entry.value, dict):
        return "it is not an object"
    given = {snake(name) for name in entry.raw}
    statistics = [name for name in _BASELINE.names["named_marks"] if name in given]
    if entry.uid or not statistics or given & {*_BASELINE.names["value"], "value_text"}:
        statistics = [""]
    drafts = [_baseline(entry, statistic, statistics, mark) for statistic in statistics]
    found = [draft for draft in drafts if draft is not None]
    return found or "it does not name its metric"


def _baseline(entry: JsonEntry, statistic: str, statistics: list[str], mark: str) -> Draft | None:
    others = {name for name in statistics if name != statistic}
    raw = {name: value for name, value in entry.raw.items() if snake(name) not in others}
    fields = Fields(raw, _BASELINE.names)
    named = fields.text("metric") or entry.name
    if not named:
        return None
    value, text, unit = _value(fields, statistic or "value", mark, exact=bool(entry.uid))
    threshold = fields.take("threshold", read=_number)
    if threshold is None:
        threshold = fields.take("worded_threshold", read=lambda said: _bound(said, mark))
    details = fields.details(
        Baseline,
        metric=f"{named} {statistic}".strip(),
        status=fields.take("status", read=known_status) or Status.UNSTATED,
        value=value,
        value_text=text,
        unit=unit,
        better=_better(fields),
        threshold=threshold,
    )
    said = {"details": details, **fields.beginning("date"), **take_common(fields, entry)}
    said["title"] = said["title"] or as_title(_baseline_title(details))
    key = (*said["modules"][:1], details.metric, details.environment)
    return draft_of(entry, fields, key="/".join(slug(part) for part in key if part), **said)


def _value(fields: Fields, name: str, mark: str, *, exact: bool) -> tuple[float | None, str, str]:
    """The value, how it was written, and its unit.

    With `exact` (archmem wrote the entry) the fields mean just what they say; otherwise words
    are read for a number and a unit, and a number's own digits are its text.
    """
    unit, text = fields.text("unit"), fields.text("value_text")
    number = fields.take(name, read=lambda value: value if _is_number(value) else None)
    if number is not None:
        return float(str(number)), text if exact or text else str(number), unit
    said = fields.text(name) or text
    if exact:
        return None, text, unit
    read, read_unit = read_quantity(said, mark)
    return read, text or said, unit or read_unit


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(value: JsonValue) -> float | None:
    return float(str(value)) if _is_number(value) else None


def _bound(value: JsonValue, mark: str) -> float | None:
    return read_quantity(value, mark)[0] if isinstance(value, str) else None


def _better(fields: Fields) -> Literal["lower", "higher", ""]:
    lower = fields.truth("lower_is_better")
    if lower is not None:
        return "lower" if lower else "higher"
    return fields.take("better", read=lambda value: _BETTER.get(snake(str(value)))) or ""


def _baseline_title(details: Baseline) -> str:
    said = details.value_text or ("" if details.value is None else plain_number(details.value))
    if details.unit and details.unit not in said:
        said = f"{said} {details.unit}"
    return f"{details.metric}: {said}" if said else details.metric


_SEVERITIES = by_word(_FLAG.names["severities"])
_FLAG_STATUSES = _statuses(_FLAG)
_RESOLVED = frozenset(_FLAG.names["resolved"])
_RESOLVED_ON = "resolution_date"


class FlagFormat(JsonFormat):
    """Any JSON below `.claude/memory/flags/`.

    A flag keeps its id as its key when it goes from pending to processed, so that both are the
    same flag. What was processed is resolved unless it says otherwise.
    """

    name = "flags"
    folder = "flags"

    def parse(self, document: Document) -> Parsed:
        """All flags of a document."""
        in_processed = snake(document.name.removesuffix(".json")) in _RESOLVED
        return parse_entries(
            document, _FLAG, lambda entry: _read_flag(entry, processed=in_processed)
        )


def _read_flag(entry: JsonEntry, *, processed: bool) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    processed = processed or entry.collection in _RESOLVED or "original_flag" in entry.value
    entry = replace(entry, value=_unfolded(entry.value))
    identity = Fields(entry.raw).text("id", "flag_id") or entry.name
    fields = Fields(entry.raw, _FLAG.names)
    status = fields.take("status", read=known_status if entry.uid else _flag_status)
    details = fields.details(
        Flag,
        status=status or (Status.RESOLVED if processed else Status.OPEN),
        receivers=fields.all_words("receivers"),
        severity=fields.take("severity", read=lambda said: _SEVERITIES.get(snake(str(said)))) or "",
        resolution=fields.take("resolution", read=_resolution) or "",
    )
    said = {"details": details, **fields.beginning("date"), **take_common(fields, entry)}
    title = said["title"] or _flag_title(entry.raw, details) or as_title(identity)
    if not title:
        return "it has neither a description nor a type"
    key = slug(identity) or slug(f"{details.flag_type} {title}")
    return draft_of(entry, fields, key=key, **said | {"title": title})


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
    return snake(name) == "status" and _flag_status(value) in {Status.OPEN, Status.ACKNOWLEDGED}


def _flag_status(value: JsonValue) -> Status | None:
    return _FLAG_STATUSES.get(snake(str(value))) or known_status(value)


def _resolution(value: JsonValue) -> str | None:
    """What was done, and behind it whatever else is said of it."""
    if not isinstance(value, dict):
        return prose(value) or None
    fields = Fields(value, _FLAG.names)
    done = fields.text("done")
    return "\n".join(part for part in (done, render(fields.rest())) if part) or None


def _flag_title(raw: dict[str, JsonValue], details: Flag) -> str:
    texts = (prose(value) for name, value in raw.items() if snake(name) in TEXTS)
    said = next((text for text in texts if text), "")
    return first_sentence(said) or as_title(details.flag_type)


_RENAMED = by_word(_REFACTORING.names["renamed"])
_REFACTORING_STATUSES = _statuses(_REFACTORING)
_MOVE_ENDS = frozenset((*_REFACTORING.names["origin"], *_REFACTORING.names["destination"]))
_ARROW = re.compile(BLANK_BEFORE + r"(?:→|⇒|->|=>)\s*+")


class RefactoringFormat(JsonFormat):
    """Any JSON below `.claude/memory/refactorings/`: arrays, objects with one, mappings by id."""

    name = "refactorings"
    folder = "refactorings"

    def parse(self, document: Document) -> Parsed:
        """All refactorings of a document."""
        return parse_entries(document, _REFACTORING, _read_refactoring)


def _read_refactoring(entry: JsonEntry) -> Draft | str:
    if not isinstance(entry.value, dict):
        return "it is not an object"
    entry = replace(entry, value={_RENAMED.get(name, name): v for name, v in entry.raw.items()})
    identity = Fields(entry.raw, _REFACTORING.names).text("id") or entry.name
    fields = Fields(entry.raw, _REFACTORING.names)
    reverted = fields.take("reverted", read=_reverted)
    who, reason = reverted or ("", "")
    status = fields.take("status", read=known_status if entry.uid else _refactoring_status)
    if status is None and not entry.uid:
        status = _REFACTORING_STATUSES.get(entry.collection, Status.REVERTED if reverted else None)
    details = fields.details(
        Refactoring,
        status=status or Status.UNSTATED,
        moved=_moved(fields),
        commits=fields.words("commits"),
        reverted_by=who,
        revert_reason=fields.text("revert_reason") or reason,
    )
    said = {"details": details, **fields.beginning("date"), **take_common(fields, entry)}
    title = said["title"] or _refactoring_title(entry, details) or as_title(identity)
    if not title:
        return "it has neither a title nor a description"
    return draft_of(entry, fields, key=slug(identity or title), **said | {"title": title})


def _moved(fields: Fields) -> tuple[Move, ...]:
    """The moves that an entry lists, or the one that it describes with `from` and `to`."""
    listed = fields.take("moved", read=_moves)
    if listed is not None:
        return listed
    origin, destination = fields.text("origin"), fields.text("destination")
    what = fields.text("what")
    return (Move(what=what, origin=origin, destination=destination),) if origin else ()


def _moves(value: JsonValue) -> tuple[Move, ...] | None:
    if isinstance(value, dict) and not {snake(name) for name in value} & _MOVE_ENDS:
        return tuple(
            Move(what="", origin=name, destination=prose(to)) for name, to in value.items()
        )
    items = value if isinstance(value, list) else [value]
    return tuple(_move(item) for item in items if prose(item)) or None


def _move(value: JsonValue) -> Move:
    if isinstance(value, dict):
        fields = Fields(value, _REFACTORING.names)
        what, origin, to = (fields.text(name) for name in ("moved_what", "origin", "destination"))
        what = "; ".join(part for part in (what, prose(fields.rest())) if part)
        return Move(what=what, origin=origin, destination=to)
    first, *rest = _ARROW.split(prose(value), maxsplit=1)
    return Move(what="", origin=first, destination=rest[0]) if rest else Move(what=first)


def _reverted(value: JsonValue) -> tuple[str, str] | None:
    """By what it was reverted, and why; both may be empty."""
    if isinstance(value, dict):
        fields = Fields(value, _REFACTORING.names)
        by, reason = fields.text("by"), fields.text("because")
        left = prose(fields.rest())
        return by, "; ".join(part for part in (reason, left) if part)
    if isinstance(value, bool):
        return ("", "") if value else None
    said = prose(value)
    return (said, "") if said else None


def _refactoring_status(value: JsonValue) -> Status | None:
    return _REFACTORING_STATUSES.get(snake(str(value))) or known_status(value)


def _refactoring_title(entry: JsonEntry, details: Refactoring) -> str:
    texts = [prose(value) for name, value in entry.raw.items() if snake(name) in (*TEXTS, "type")]
    said = next((text for text in texts if text), "") or details.why
    if not said and details.moved:
        move = details.moved[0]
        said = f"Move {move.what or move.origin} to {move.destination}"
    return first_sentence(said)
