"""Performance baselines: `.claude/memory/performance/baselines.json`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from indexer.formats.entries.json_entries import (
    Entry,
    JsonFormat,
    Shape,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields
from indexer.wording.naming import as_title, slug
from memory.kinds.vocabulary import Status
from memory.models.details import Baseline
from memory.texts.field_names import snake
from memory.texts.lexicon import by_word, words_of
from memory.texts.numbers import plain_number

if TYPE_CHECKING:
    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.memory import Draft

SHAPE = Shape.of("baseline", scalars=True)
_BETTER = cast("dict[str, Literal['lower', 'higher']]", by_word(SHAPE.names["betters"]))

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,15})?(?:e[-+]?\d{1,2})?)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s{0,3}(%|‰|/\s?\d+|[A-Za-zµμ]{1,12}(?:/[A-Za-z]{1,8})?)")
_RANGE = re.compile(r"\s{0,3}(?:[-–—]|to\b)\s{0,3}\d")
_CHANGE = re.compile(r"→|⇒|->|=>|\bfrom\b.{0,80}?\bto\b", re.IGNORECASE)


class Baselines(JsonFormat):
    """Any JSON below `.claude/memory/performance/`.

    Read are an array of measurements, an object with one, and mappings `metric -> measurement`
    or `module -> metric -> measurement`, where a measurement is an object, a number or words.
    An object with several percentiles and no value is one baseline for each of them.
    """

    name = "baselines"
    folder = "performance"

    def parse(self, document: Document) -> Parsed:
        """All measurements of a document."""
        return parse_entries(document, SHAPE, _read)


def read_quantity(text: str) -> tuple[float | None, str]:
    """The number a text is about and its unit.

    Of a change ("3s → 150ms") it is the later value, of a bound ("<50ms") the bound; a range,
    a date or plain words have none.

    Returns:
        The value, or None; the unit as written, or "".
    """
    latest = _CHANGE.split(text)[-1]
    number = _NUMBER.search(latest)
    if number is None or _RANGE.match(latest, number.end()):
        return None, ""
    unit = _UNIT.match(latest, number.end())
    said = unit[1].replace(" ", "") if unit else ""
    known = said.lower() in words_of("units", "units") or said.startswith("/")
    if not known and latest[number.end() : number.end() + 1].isalpha():
        return None, ""  # "3rd", "2x4": not a measurement
    return float(number[0].replace(",", "")), said if known else ""


def _read(entry: Entry) -> list[Draft] | str:
    if not entry.name and not isinstance(entry.value, dict):
        return "it is not an object"
    given = {snake(name) for name in entry.raw}
    statistics = [name for name in SHAPE.names["named_marks"] if name in given]
    if entry.uid or not statistics or given & {*SHAPE.names["value"], "value_text"}:
        statistics = [""]
    drafts = [_draft(entry, statistic, statistics) for statistic in statistics]
    found = [draft for draft in drafts if draft is not None]
    return found or "it does not name its metric"


def _draft(entry: Entry, statistic: str, statistics: list[str]) -> Draft | None:
    """The baseline of one statistic, or of the one value that the entry has."""
    others = {name for name in statistics if name != statistic}
    raw = {name: value for name, value in entry.raw.items() if snake(name) not in others}
    fields = Fields(raw, SHAPE.names)
    named = fields.text("metric") or entry.name
    if not named:
        return None
    details = _details(fields, f"{named} {statistic}".strip(), statistic, exact=bool(entry.uid))
    valid_from = fields.when("date")
    common = take_common(fields, entry)
    key = (*common.modules[:1], details.metric, details.environment)
    return draft_of(
        entry,
        fields,
        common,
        details,
        title=common.title or as_title(_title(details)),
        key="/".join(slug(part) for part in key if part),
        valid_from=valid_from,
    )


def _details(fields: Fields, metric: str, statistic: str, *, exact: bool) -> Baseline:
    value, text, unit = _value(fields, statistic or "value", exact=exact)
    threshold = fields.number("threshold")
    if threshold is None:
        threshold = fields.take("worded_threshold", read=_bound)
    return Baseline(
        metric=metric,
        status=fields.take("status", read=known_status) or Status.UNSTATED,
        value=value,
        value_text=text,
        unit=unit,
        spread=fields.number("spread"),
        n=fields.whole_number("n"),
        better=_better(fields),
        environment=fields.text("environment"),
        commit=fields.text("commit"),
        threshold=threshold,
    )


def _value(fields: Fields, name: str, *, exact: bool) -> tuple[float | None, str, str]:
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
    read, read_unit = read_quantity(said)
    return read, text or said, unit or read_unit


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _bound(value: JsonValue) -> float | None:
    """A bound in words, where it has one number."""
    return read_quantity(value)[0] if isinstance(value, str) else None


def _better(fields: Fields) -> Literal["lower", "higher", ""]:
    lower = fields.truth("lower_is_better")
    if lower is not None:
        return "lower" if lower else "higher"
    return fields.take("better", read=lambda value: _BETTER.get(snake(str(value)))) or ""


def _title(details: Baseline) -> str:
    said = details.value_text or ("" if details.value is None else plain_number(details.value))
    if details.unit and details.unit not in said:
        said = f"{said} {details.unit}"
    return f"{details.metric}: {said}" if said else details.metric
