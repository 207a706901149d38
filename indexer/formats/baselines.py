"""Performance baselines: `.claude/memory/performance/baselines.json`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from indexer.formats.entries.json_entries import (
    DATES,
    Entry,
    Shape,
    draft_of,
    known_status,
    parse_entries,
    take_common,
)
from indexer.formats.entries.json_fields import Fields
from indexer.wording.naming import as_title, names, slug
from memory.models.details import Baseline
from memory.models.kinds import Status, Trust
from memory.texts.field_names import snake
from memory.texts.numbers import plain_number

if TYPE_CHECKING:
    from pathlib import PurePosixPath

    from pydantic import JsonValue

    from indexer.formats.document import Document, Parsed
    from memory.models.revision import Draft

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,15})?(?:e[-+]?\d{1,2})?)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s{0,3}(%|‰|/\s?\d+|[A-Za-zµμ]{1,12}(?:/[A-Za-z]{1,8})?)")
_RANGE = re.compile(r"\s{0,3}(?:[-–—]|to\b)\s{0,3}\d")
_CHANGE = re.compile(r"→|⇒|->|=>|\bfrom\b.{0,80}?\bto\b", re.IGNORECASE)

#: Units we know when we see them; another word after a number is not taken for one.
_UNITS = names(
    "% ‰ ns us µs μs ms s sec secs second seconds min mins minute minutes h hour hours day days "
    "b byte bytes kb mb gb tb kib mib gib x req/s requests/s rps qps tps ops/s msg/s messages/s "
    "jobs/s rows/s events/s req/min rpm mb/s kb/s gb/s queries requests errors items lines files "
    "tokens usd eur connections workers threads"
)


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
    known = said.lower() in _UNITS or said.startswith("/")
    if not known and latest[number.end() : number.end() + 1].isalpha():
        return None, ""  # "3rd", "2x4": not a measurement
    return float(number[0].replace(",", "")), said if known else ""


_METRICS = ("metric", "metric_name", "measure", "name", "operation", "endpoint", "query", "id")
_VALUES = ("value", "baseline", "current", "measured", "after", "result", "actual")
_STATISTICS = ("p50", "p75", "p90", "p95", "p99", "p999", "mean", "avg", "average", "median")
_BETTER: dict[str, Literal["lower", "higher"]] = {
    "lower": "lower",
    "lower_is_better": "lower",
    "less": "lower",
    "min": "lower",
    "minimize": "lower",
    "down": "lower",
    "higher": "higher",
    "higher_is_better": "higher",
    "more": "higher",
    "max": "higher",
    "maximize": "higher",
    "up": "higher",
}
SHAPE = Shape(
    collections=names(
        "baselines baseline_metrics metrics measurements performance entries items records data "
        "endpoints queries modules by_module history results benchmarks"
    ),
    marks=frozenset((*_VALUES, "metric", "metric_name", "before", "threshold", "unit")),
    named_marks=frozenset(_STATISTICS),
    scalars=True,
)


class Baselines:
    """Any JSON below `.claude/memory/performance/`.

    Read are an array of measurements, an object with one, and mappings `metric -> measurement`
    or `module -> metric -> measurement`, where a measurement is an object, a number or words.
    An object with several percentiles and no value is one baseline for each of them.
    """

    name = "baselines"
    trust = Trust.TEAM

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file is a JSON file of the performance folder."""
        return path.suffix == ".json" and path.match(".claude/memory/performance/*")

    def parse(self, document: Document) -> Parsed:
        """All measurements of a document."""
        return parse_entries(document, SHAPE, _read)


def _read(entry: Entry) -> list[Draft] | str:
    if not entry.name and not isinstance(entry.value, dict):
        return "it is not an object"
    given = {snake(name) for name in entry.raw}
    statistics = [name for name in _STATISTICS if name in given]
    if entry.uid or not statistics or given & {*_VALUES, "value_text"}:
        statistics = [""]
    drafts = [_draft(entry, statistic, statistics) for statistic in statistics]
    found = [draft for draft in drafts if draft is not None]
    return found or "it does not name its metric"


def _draft(entry: Entry, statistic: str, statistics: list[str]) -> Draft | None:
    """The baseline of one statistic, or of the one value that the entry has."""
    others = {name for name in statistics if name != statistic}
    fields = Fields({name: value for name, value in entry.raw.items() if snake(name) not in others})
    named = fields.text(*_METRICS) or entry.name
    if not named:
        return None
    details = _details(fields, f"{named} {statistic}".strip(), statistic, exact=bool(entry.uid))
    valid_from = fields.when(*DATES)
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
    value, text, unit = _value(fields, (statistic,) if statistic else _VALUES, exact=exact)
    threshold = fields.number("threshold", "limit", "budget")
    if threshold is None:
        threshold = fields.take("threshold", "limit", "budget", "target", read=_bound)
    return Baseline(
        metric=metric,
        status=fields.take("status", "state", read=known_status) or Status.UNSTATED,
        value=value,
        value_text=text,
        unit=unit,
        spread=fields.number("spread", "stddev", "std_dev", "std", "sd", "standard_deviation"),
        n=fields.whole_number("n", "samples", "sample_size", "runs", "iterations", "requests"),
        better=_better(fields),
        environment=fields.text("environment", "env", "setup", "hardware"),
        commit=fields.text("commit", "commit_hash", "sha", "revision"),
        threshold=threshold,
    )


def _value(fields: Fields, names: tuple[str, ...], *, exact: bool) -> tuple[float | None, str, str]:
    """The value, how it was written, and its unit.

    With `exact` (archmem wrote the entry) the fields mean just what they say; otherwise words
    are read for a number and a unit, and a number's own digits are its text.
    """
    unit, text = fields.text("unit", "units"), fields.text("value_text")
    number = fields.take(*names, read=lambda value: value if _is_number(value) else None)
    if number is not None:
        return float(str(number)), text if exact or text else str(number), unit
    said = fields.text(*names) or text
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
    return (
        fields.take(
            "better",
            "direction",
            "goal",
            "optimize",
            read=lambda value: _BETTER.get(snake(str(value))),
        )
        or ""
    )


def _title(details: Baseline) -> str:
    said = details.value_text or ("" if details.value is None else plain_number(details.value))
    if details.unit and details.unit not in said:
        said = f"{said} {details.unit}"
    return f"{details.metric}: {said}" if said else details.metric
