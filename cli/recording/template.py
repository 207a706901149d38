"""The text that an editor is opened with, and what is read from it: TOML with explanations."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from cli.recording.fields import COMMON_FIELDS, Field, Form, details_fields
from memory.errors import InvalidRecord
from memory.texts.safe_text import escape_unsafe, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.models.kinds import Kind

_HEAD = """\
# Record a {kind}: fill in what you know, save, and close the editor.
# Fields that stay empty are not recorded."""
#: Fields that deserve several lines.
_LONG = {
    "body",
    "context",
    "decision",
    "consequences",
    "why",
    "intended_effect",
    "measured_effect",
    "revert_reason",
    "suggested_action",
    "resolution",
    "outcome",
    "alternative",
}
_EMPTY: dict[Form, str] = {
    Form.TEXT: "''",
    Form.TEXTS: "[]",
    Form.CHOICE: "''",
    Form.SWITCH: "false",
    Form.MOVES: "[]",
}
_EXAMPLES: dict[Form, str] = {
    Form.TEXTS: "['one', 'another']",
    Form.INTEGER: "1",
    Form.NUMBER: "1.5",
    Form.MOMENT: "2024-05-14",
    Form.MOVES: "[{what = 'retry policy', origin = 'api', destination = 'queue'}]",
}


def write_template(kind: Kind, values: Mapping[str, Any]) -> str:
    """A form for a kind.

    Args:
        kind: What is to be recorded.
        values: What is known already, by field.
    """
    fields = [COMMON_FIELDS[0], *details_fields(kind), *COMMON_FIELDS[1:]]
    parts = ("\n".join(_lines(field, values.get(field.name))) for field in fields)
    return "\n\n".join([_HEAD.format(kind=kind), *parts]) + "\n"


def read_template(text: str) -> dict[str, Any]:
    """The fields that were filled in.

    Raises:
        InvalidRecord: the text is no TOML.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidRecord(f"The text cannot be read: {error}.") from error
    stripped = {name: one.strip() if isinstance(one, str) else one for name, one in said.items()}
    return {name: one for name, one in stripped.items() if one not in ("", [], False)}


def _lines(field: Field, value: Any) -> Iterator[str]:
    yield f"# {field.about}"
    if field.choices:
        yield f"# One of: {', '.join(field.choices)}."
    if field.form in _EXAMPLES:
        yield f"# {field.name} = {_EXAMPLES[field.form]}"
    if value is not None or field.form in _EMPTY:
        yield f"{field.name} = {_toml(value) if value else _empty(field)}"


def _empty(field: Field) -> str:
    if field.name in _LONG:
        return "'''\n'''"
    return f"'{field.default}'" if field.default else _EMPTY[field.form]


def _toml(value: Any) -> str:
    """A value in TOML, whose quoted strings are written like those of JSON."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat()
    if isinstance(value, str) and "\n" in value and "'''" not in value and visible(value) == value:
        return f"'''\n{value}\n'''"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name} = {_toml(one)}' for name, one in value.items())}}}"
    return escape_unsafe(json.dumps(value, ensure_ascii=False))
