"""Reads what came of a run, in whatever shape a coordinator tells it."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

from memory.errors import InvalidResult
from memory.models.outcome import Result
from memory.runs.metrics import read_metrics
from memory.runs.values import as_text, as_texts, ensure_storable

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Our field -> what else it is called; the stored shapes of a lesson among them.
NAMES = {
    "success": ("success", "succeeded", "successful"),
    "approach": ("approach", "pattern", "antipattern"),
    "situation": ("situation", "context"),
    "metrics": ("metrics", "outcome", "measurements"),
    "issues": ("issues", "issue", "problems"),
    "alternative": ("alternative", "alternatives", "instead"),
    "lessons": ("lessons", "lesson", "lessons_learned", "learnings"),
    "helped": ("helped", "helped_by"),
    "misled": ("misled", "misled_by"),
    "commits": ("commits", "commit"),
    "task": ("task",),
    "modules": ("modules", "module"),
    "sender": ("from", "sender"),
}
_FIELDS = {name: field for field, names in NAMES.items() for name in names}
_WRAPPED = "result"
_TEXTS = ("issues", "lessons", "helped", "misled", "commits", "modules")
_WORDS = {
    **dict.fromkeys(("true", "yes", "success", "succeeded", "done", "ok"), True),
    **dict.fromkeys(("false", "no", "failure", "failed"), False),
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NEARLY = 0.8  # of `difflib`: "lesons" is 0.92 like "lessons", "severity" 0.53 like "success"


def read_result(said: object) -> Result:
    """The result that a JSON value tells.

    It may be wrapped, as in `{"from": …, "result": {…}}`, and have the shape of a lesson:
    `{"pattern", "context", "outcome"}` is a success, `{"pattern", "issues", "alternative"}` is
    none. What has no field here is kept in `extra`, unless it looks like a slip of the pen.

    Raises:
        InvalidResult: it is no object, does not say whether it succeeded, or one of its fields
            cannot be what it should be.
    """
    fields, extra = _sorted(_unwrapped(said))
    for name, value in (*fields.values(), ("", extra)):
        ensure_storable(value)
        ensure_storable(name)
    told: dict[str, Any] = {"success": _success(fields), "extra": extra}
    for field, (name, value) in fields.items():
        if field == "metrics":
            told[field] = read_metrics(value)
        elif field != "success":
            told[field] = (as_texts if field in _TEXTS else as_text)(name, value)
    return Result(**told)


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


def _sorted(said: Mapping[str, Any]) -> tuple[dict[str, tuple[str, Any]], dict[str, Any]]:
    """What has a field here, with the name that it goes by, and the rest; without empty ones."""
    fields: dict[str, tuple[str, Any]] = {}
    extra: dict[str, Any] = {}
    for name, value in said.items():
        if value is None or value in ("", [], {}):
            continue
        field = _FIELDS.get(_snake(name))
        if field is None:
            _ensure_meant(name)
            extra[name] = value
        elif field in fields:
            raise InvalidResult(f"{name} says the same as {fields[field][0]}; give one of them.")
        else:
            fields[field] = (name, value)
    return fields, extra


def _ensure_meant(name: str) -> None:
    near = difflib.get_close_matches(_snake(name), _FIELDS, n=1, cutoff=_NEARLY)
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
    shape = _snake(fields.get("approach", ("", ""))[0])
    if shape == "antipattern" or (shape == "pattern" and "issues" in fields):
        return False
    if shape == "pattern":
        return True
    raise InvalidResult("success: a result has to say true or false.")


def _snake(name: str) -> str:
    return re.sub(r"[\W_]+", "_", _HUMP.sub("_", name)).strip("_").lower()
