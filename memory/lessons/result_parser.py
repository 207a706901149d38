"""Reads what came of a run, in whatever shape a coordinator tells it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidResult
from memory.lessons.metric_parser import in_words, read_metrics
from memory.models.runs import Result
from memory.texts.field_names import snake
from memory.texts.lexicon import read_lexicon
from memory.texts.words import stem

if TYPE_CHECKING:
    from pydantic import JsonValue

_SAID = read_lexicon("run_results")
_FIELDS = {name: field for field, names in _SAID["fields"].items() for name in names}
_WRAPPED = "result"
#: A stored collection of results -> whether they succeeded.
_COLLECTIONS = dict.fromkeys(_SAID["collections"]["succeeded"], True) | dict.fromkeys(
    _SAID["collections"]["failed"], False
)
_LISTS = ("issues", "lessons", "helped", "misled", "commits", "modules")
_NEARLY = 0.8  # of `difflib`: "lesons" is 0.92 like "lessons", "severity" 0.53 like "success"


def read_result(said: object) -> Result:
    """The result that a JSON value tells.

    It may be wrapped, as in `{"from": …, "result": {…}}`, and have the shape of a lesson:
    `{"pattern", "context", "outcome"}` is a success, `{"pattern", "issues", "alternative"}` is
    none, nor is `{"approach", "issues", "alternative"}`. A collection of them that holds one
    entry is that entry, and one of best practices is lessons. What has no field here is kept in
    `extra`, unless it looks like a slip of the pen.

    Raises:
        InvalidResult: it is no object, does not say whether it succeeded, or one of its fields
            cannot be what it should be.
    """
    fields, extra = _sorted(_out_of_collection(_unwrapped(said)))
    _ensure_storable([*fields.values(), extra])
    told: dict[str, Any] = {"success": _success(fields), "extra": extra}
    for field, (name, value) in fields.items():
        if field == "metrics":
            told[field] = read_metrics(value)
        elif field == "lessons":
            told[field] = _texts(name, _plain_lessons(value))
        elif field != "success":
            told[field] = (_texts if field in _LISTS else _text)(name, value)
    return Result(**told)


def result_of(said: Result | Mapping[str, Any]) -> Result:
    """A result as it is, or the one that a mapping tells.

    Raises:
        InvalidResult: as for `read_result`.
    """
    return said if isinstance(said, Result) else read_result(_plain_mapping(said))


def _plain_mapping(said: object) -> object:
    """What Python gives, as JSON has it."""
    if isinstance(said, Mapping):
        return {str(name): _plain_mapping(inner) for name, inner in said.items()}
    if isinstance(said, list | tuple):
        return [_plain_mapping(inner) for inner in said]
    return said


def _unwrapped(said: object) -> dict[str, Any]:
    """The result with what stands around it beside its own fields."""
    if not isinstance(said, dict):
        raise InvalidResult("A result should be one JSON object.")
    inner = said.get(_WRAPPED)
    if inner is None:
        return said
    if not isinstance(inner, dict):
        raise InvalidResult(f"{_WRAPPED}: should be an object.")
    around = {name: value for name, value in said.items() if name != _WRAPPED}
    return _joined(around, inner, "in the result and around it")


def _out_of_collection(said: dict[str, Any]) -> dict[str, Any]:
    """What a collection's only entry says, with what stands beside the collection."""
    held = [name for name in said if snake(name) in _COLLECTIONS and said[name]]
    if not held:
        return said
    name, entries = held[0], said[held[0]]
    entries = entries if isinstance(entries, list) else [entries]
    single = stem(snake(name))
    if len(held) > 1 or len(entries) > 1:
        raise InvalidResult(
            f"{' and '.join(held)}: one result at a time is learned from; give the entries one "
            f'by one, each as {{"{single}": …, "context": …}}.'
        )
    entry = entries[0]
    if isinstance(entry, str):
        entry = {"approach": entry}
    if not isinstance(entry, dict):
        raise InvalidResult(f"{name}: an entry should be an object or a text.")
    beside = {key: value for key, value in said.items() if snake(key) not in _COLLECTIONS}
    told = _joined(beside, entry, f"in {name} and beside it")
    return {"success": _COLLECTIONS[snake(name)]} | told


def _joined(around: dict[str, Any], inner: dict[str, Any], places: str) -> dict[str, Any]:
    if twice := sorted(around.keys() & inner.keys()):
        raise InvalidResult(f"{twice[0]}: stands both {places}.")
    return around | inner


def _plain_lessons(value: Any) -> Any:
    """Lessons as texts, where each is an object with little more than its text."""
    if not isinstance(value, list):
        return value
    return [
        next((one[name] for name in _SAID["lesson"]["text"] if isinstance(one.get(name), str)), one)
        if isinstance(one, dict)
        else one
        for one in value
    ]


def _sorted(said: Mapping[str, Any]) -> tuple[dict[str, tuple[str, Any]], dict[str, Any]]:
    """What has a field here, with the name that it goes by, and the rest; without empty ones."""
    fields: dict[str, tuple[str, Any]] = {}
    extra: dict[str, Any] = {}
    for name, value in said.items():
        if value is None or value in ("", [], {}):
            continue
        field = _FIELDS.get(snake(name))
        if field is None:
            if near := difflib.get_close_matches(snake(name), _FIELDS, n=1, cutoff=_NEARLY):
                raise InvalidResult(f"A result has no field {name!r}; is it {near[0]!r}?")
            extra[name] = value
        elif field in fields:
            raise InvalidResult(f"{name} says the same as {fields[field][0]}; give one of them.")
        else:
            fields[field] = (name, value)
    return fields, extra


def _success(fields: Mapping[str, tuple[str, Any]]) -> bool:
    """Whether it succeeded, as it says or by its shape."""
    if "success" in fields:
        name, value = fields["success"]
        said = str(value).strip().lower()  # of true and false too
        if said not in {*_SAID["success"]["yes"], *_SAID["success"]["no"]}:
            raise InvalidResult(f"{name}: {value!r} is neither true nor false.")
        return said in _SAID["success"]["yes"]
    shape = snake(fields.get("approach", ("", ""))[0])
    if shape == "antipattern" or (shape == "pattern" and "issues" in fields):
        return False
    if shape == "pattern" or ("lessons" in fields and "approach" not in fields):
        return True
    if fields.keys() & {"issues", "alternative"} and "metrics" not in fields:
        return False
    raise InvalidResult("success: a result has to say true or false.")


def _text(name: str, value: JsonValue) -> str:
    """A field in words; the items of a list with semicolons between."""
    if isinstance(value, list):
        return "; ".join(_texts(name, value))
    if isinstance(value, dict | bool) or value is None:
        found = "an object" if isinstance(value, dict) else "true or false"
        raise InvalidResult(f"{name}: should be a text, and is {found}.")
    return str(value).strip()


def _texts(name: str, value: JsonValue) -> tuple[str, ...]:
    """A list of texts, empty ones left out; a single text counts as a list of one."""
    if isinstance(value, bool):
        raise InvalidResult(f"{name}: should be a list of texts.")
    items = value if isinstance(value, list) else [value]
    return tuple(said for item in items if (said := in_words(item)))


def _ensure_storable(value: Any) -> None:
    """Return when every text in a value can be kept in a file."""
    if isinstance(value, str):
        if "\0" in value:
            raise InvalidResult("There is a NUL character in it.")
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise InvalidResult(f"There is half a character in it: {value[:40]!a}.") from error
    elif isinstance(value, dict):
        _ensure_storable([*value, *value.values()])
    elif isinstance(value, list | tuple):
        for inner in value:
            _ensure_storable(inner)
