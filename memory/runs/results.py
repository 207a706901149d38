"""Reads what came of a run, in whatever shape a coordinator tells it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from memory.errors import InvalidResult
from memory.models.outcome import Result
from memory.runs.metrics import read_metrics
from memory.runs.values import as_text, as_texts, ensure_storable
from memory.texts.field_names import snake

#: Our field -> what else it is called; the stored shapes of a lesson among them.
NAMES = {
    "success": ("success", "succeeded", "successful"),
    "approach": ("approach", "pattern", "antipattern"),
    "situation": ("situation", "context"),
    "metrics": ("metrics", "outcome", "measurements"),
    "issues": ("issues", "issue", "problems"),
    "alternative": ("alternative", "alternatives", "instead"),
    "lessons": (
        "lessons",
        "lesson",
        "lessons_learned",
        "learnings",
        "best_practices",
        "best_practice",
    ),
    "helped": ("helped", "helped_by"),
    "misled": ("misled", "misled_by"),
    "commits": ("commits", "commit"),
    "task": ("task",),
    "modules": ("modules", "module"),
    "sender": ("from", "sender"),
}
_FIELDS = {name: field for field, names in NAMES.items() for name in names}
_WRAPPED = "result"
#: A stored collection of results -> whether they succeeded.
_COLLECTIONS = {
    "patterns": True,
    "successful_patterns": True,
    "antipatterns": False,
    "anti_patterns": False,
    "failed_patterns": False,
}
_LESSON = ("lesson", "practice", "best_practice", "rule", "title", "text", "description")
_TEXTS = ("issues", "lessons", "helped", "misled", "commits", "modules")
_WORDS = {
    **dict.fromkeys(("true", "yes", "success", "succeeded", "done", "ok"), True),
    **dict.fromkeys(("false", "no", "failure", "failed"), False),
}
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
    for name, value in (*fields.values(), ("", extra)):
        ensure_storable(value)
        ensure_storable(name)
    told: dict[str, Any] = {"success": _success(fields), "extra": extra}
    for field, (name, value) in fields.items():
        if field == "metrics":
            told[field] = read_metrics(value)
        elif field == "lessons":
            told[field] = as_texts(name, _plain_lessons(value))
        elif field != "success":
            told[field] = (as_texts if field in _TEXTS else as_text)(name, value)
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
    if twice := sorted(around.keys() & inner.keys()):
        raise InvalidResult(f"{twice[0]}: stands both in the result and around it.")
    return around | inner


def _out_of_collection(said: dict[str, Any]) -> dict[str, Any]:
    """What a collection's only entry says, with what stands beside the collection."""
    held = [name for name in said if snake(name) in _COLLECTIONS and said[name]]
    if not held:
        return said
    name, entries = held[0], said[held[0]]
    entries = entries if isinstance(entries, list) else [entries]
    single = snake(name).removesuffix("s")
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
    if twice := sorted(beside.keys() & entry.keys()):
        raise InvalidResult(f"{twice[0]}: stands both in {name} and beside it.")
    return {"success": _COLLECTIONS[snake(name)]} | beside | entry


def _plain_lessons(value: Any) -> Any:
    """Lessons as texts, where each is an object with little more than its text."""
    if not isinstance(value, list):
        return value
    return [
        next((one[name] for name in _LESSON if isinstance(one.get(name), str)), one)
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
            _ensure_meant(name)
            extra[name] = value
        elif field in fields:
            raise InvalidResult(f"{name} says the same as {fields[field][0]}; give one of them.")
        else:
            fields[field] = (name, value)
    return fields, extra


def _ensure_meant(name: str) -> None:
    near = difflib.get_close_matches(snake(name), _FIELDS, n=1, cutoff=_NEARLY)
    if near:
        raise InvalidResult(f"A result has no field {name!r}; is it {near[0]!r}?")


def _success(fields: Mapping[str, tuple[str, Any]]) -> bool:
    """Whether it succeeded, as it says or by its shape."""
    if "success" in fields:
        name, value = fields["success"]
        found = value if isinstance(value, bool) else _WORDS.get(str(value).strip().lower())
        if found is None:
            raise InvalidResult(f"{name}: {value!r} is neither true nor false.")
        return found
    shape = snake(fields.get("approach", ("", ""))[0])
    if shape == "antipattern" or (shape == "pattern" and "issues" in fields):
        return False
    if shape == "pattern" or ("lessons" in fields and "approach" not in fields):
        return True
    if fields.keys() & {"issues", "alternative"} and "metrics" not in fields:
        return False
    raise InvalidResult("success: a result has to say true or false.")
