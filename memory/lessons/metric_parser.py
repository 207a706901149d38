"""Reads what a run did to metrics, and says it in words."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from memory.errors import InvalidResult
from memory.models.details import Measured
from memory.texts.lexicon import read_lexicon
from memory.texts.numbers import plain_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pydantic import JsonValue

_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d++)?(?:[eE][+-]?\d++)?"
_UNIT = r"(?:[^\W\d_]|[%°€$£])[\w%°€$£/.^]{0,19}"
_CHANGE = re.compile(
    rf"(?:from\s++)?(?P<before>{_NUMBER})\s*+(?P<old>{_UNIT})?\s*+(?:->|=>|→|\bto\b)\s*+"
    rf"(?P<after>{_NUMBER})\s*+(?P<unit>{_UNIT})?"
)
_ONE = re.compile(rf"(?P<after>{_NUMBER})\s*(?P<unit>{_UNIT})?")
_NAMED = re.compile(rf"(?P<name>[^:\n]{{1,100}}?)(?:\s*+:\s*+|\s++)(?P<change>{_CHANGE.pattern})")
_LABELLED = re.compile(r"(?P<name>[^:\n]{1,100}):\s+(?P<said>.+)", re.DOTALL)
_SAID = read_lexicon("run_results")["metric"]  # names of what an object says


def read_metrics(value: JsonValue) -> tuple[Measured, ...]:
    """The metrics of a result, in the order in which it tells them.

    Taken are an object by metric, of which each is a number, a text such as "430 -> 380 ms", a
    pair or `{before, after, unit}`; a list of such; and plain text.

    Raises:
        InvalidResult: it is a bare number, or nothing that tells of metrics.
    """
    if isinstance(value, str):
        return tuple(_lines(value))
    if isinstance(value, list):
        return tuple(one for item in value for one in _item(item))
    if isinstance(value, dict):
        return tuple(_item(value))
    raise InvalidResult(f"metrics: {in_words(value)!r} does not say of what.")


def metric_words(measured: Measured) -> str:
    """One metric in words, such as "p95 430 -> 380 ms"."""
    numbers = [plain_number(one) for one in (measured.before, measured.after) if one is not None]
    change = " -> ".join(numbers)
    if measured.before is not None and measured.after is None:
        change += " before"
    parts = [change, measured.unit] if change else []
    said = " ".join(part for part in [*parts, measured.words] if part)
    if not measured.metric:
        return said
    return f"{measured.metric} {said}" if change else f"{measured.metric}: {said}"


def metrics_words(metrics: Iterable[Measured]) -> str:
    """Metrics in words, with semicolons between."""
    return "; ".join(said for one in metrics if (said := metric_words(one)))


def in_words(value: JsonValue) -> str:
    """A value in words; nothing of it is left out."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(in_words(inner) for inner in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _item(item: JsonValue) -> Iterator[Measured]:
    if not isinstance(item, dict):
        yield from _lines(in_words(item))
        return
    names = _SAID["name"]
    name = next((item[key] for key in names if isinstance(item.get(key), str)), None)
    if isinstance(name, str):
        rest = {key: inner for key, inner in item.items() if inner != name or key not in names}
        yield _measured(name.strip(), rest)
        return
    for metric, said in item.items():
        if said is not None:
            yield _measured(metric.strip(), said)


def _lines(text: str) -> Iterator[Measured]:
    """A text as one metric, or as several where each of its parts says a number."""
    parts = [part.strip(" -*") for part in re.split(r"[;\n]", text) if part.strip(" -*")]
    found = [_line(part) for part in parts]
    if len(found) > 1 and any(one.after is None for one in found):
        found = [Measured(metric="", words=text.strip())]
    yield from found


def _line(text: str) -> Measured:
    if named := _NAMED.fullmatch(text):
        return _measured(named["name"].strip(), named["change"])
    if (labelled := _LABELLED.fullmatch(text)) and _ONE.fullmatch(labelled["said"].strip()):
        return _measured(labelled["name"].strip(), labelled["said"])
    return Measured(metric="", words=text)


def _measured(metric: str, said: JsonValue) -> Measured:
    if isinstance(said, dict):
        return _of_object(metric, said)
    if isinstance(said, list) and len(said) == 2:
        before, after = (_number(inner) for inner in said)
        if before is not None and after is not None:
            return Measured(metric=metric, before=before, after=after)
    number = None if isinstance(said, str) else _number(said)
    if number is not None:
        return Measured(metric=metric, after=number)
    return _of_words(metric, in_words(said))


def _of_words(metric: str, words: str) -> Measured:
    text = words.strip()
    change = _CHANGE.fullmatch(text)
    if change and (not change["old"] or change["old"] == (change["unit"] or change["old"])):
        before, after = _number(change["before"]), _number(change["after"])
        unit = change["unit"] or change["old"] or ""
        return Measured(metric=metric, before=before, after=after, unit=unit)
    one = _ONE.fullmatch(text)
    if one and not text.startswith(("-", "+")):  # "-12 %" is by how much it changed
        return Measured(metric=metric, after=_number(one["after"]), unit=one["unit"] or "")
    return Measured(metric=metric, words=text)


def _of_object(metric: str, said: dict[str, JsonValue]) -> Measured:
    """What an object says; in words alone where one of its fields is none of ours."""
    told: dict[str, JsonValue] = {name: inner for name, inner in said.items() if inner is not None}
    before, after = (
        [_measured("", told[name]) for name in _SAID[side] if name in told]
        for side in ("before", "after")
    )
    sides = before + after
    units = ({one.unit for one in sides} | {in_words(told.get("unit"))}) - {""}
    in_numbers = all(one.after is not None and one.before is None for one in sides)
    known = {"unit", *_SAID["before"], *_SAID["after"], *_SAID["words"]}
    if told.keys() - known or not in_numbers or max(map(len, (before, after, units))) > 1:
        return Measured(metric=metric, words=in_words(told))
    return Measured(
        metric=metric,
        before=before[0].after if before else None,
        after=after[0].after if after else None,
        unit=max(units, default=""),
        words="; ".join(filter(None, (in_words(told.get(name)) for name in _SAID["words"]))),
    )


def _number(value: JsonValue) -> float | None:
    """A finite number, or digits in a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value.replace(",", "") if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
