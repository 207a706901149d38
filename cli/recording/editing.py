"""Lets a person fill in a record in an editor: a form in TOML, and what becomes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import click

from cli.recording.common_fields import COMMON_FIELDS
from memory.errors import ArchMemError, InvalidRecord
from memory.kinds import SPECS
from memory.kinds.spec import Field, FieldForm
from memory.texts.safe_text import escape_unsafe, one_line, visible
from memory.texts.toml_text import read_toml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from memory.kinds.vocabulary import Kind


def keep_edited(
    kind: Kind, values: Mapping[str, Any], keep: Callable[[Mapping[str, Any]], None]
) -> None:
    """Keep what a person makes of a form; what is refused may be mended.

    Args:
        kind: What to record.
        values: What the form has already; what it has no place for is recorded as it is.
        keep: Keeps fields, or raises an `ArchMemError`.

    Raises:
        click.ClickException: nothing was saved.
        click.Abort: it was given up.
    """
    today = datetime.combine(datetime.now(UTC), time.min, tzinfo=UTC)
    text = write_template(kind, {"valid_from": today} | dict(values))
    while True:
        edited = click.edit(text, extension=".toml")
        if edited is None:
            raise click.ClickException("Nothing was recorded: the form was not saved.")
        try:
            keep(read_template(edited) | _not_in_form(kind, values))
        except ArchMemError as error:
            click.echo(one_line(f"{error} {error.hint}"), err=True)
            click.confirm("Back to the editor?", default=True, abort=True, err=True)
            text = edited
        else:
            return


def _not_in_form(kind: Kind, values: Mapping[str, Any]) -> dict[str, Any]:
    in_form = {field.name for field in (*COMMON_FIELDS, *SPECS[kind].details_fields)}
    return {name: said for name, said in values.items() if name not in in_form}


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
_EMPTY: dict[FieldForm, str] = {
    FieldForm.TEXT: "''",
    FieldForm.TEXTS: "[]",
    FieldForm.CHOICE: "''",
    FieldForm.SWITCH: "false",
    FieldForm.MOVES: "[]",
}
_EXAMPLES: dict[FieldForm, str] = {
    FieldForm.TEXTS: "['one', 'another']",
    FieldForm.INTEGER: "1",
    FieldForm.NUMBER: "1.5",
    FieldForm.MOMENT: "2024-05-14",
    FieldForm.MOVES: "[{what = 'retry policy', origin = 'api', destination = 'queue'}]",
}


def write_template(kind: Kind, values: Mapping[str, Any]) -> str:
    """A form for a kind.

    Args:
        kind: What is to be recorded.
        values: What is known already, by field.
    """
    fields = [COMMON_FIELDS[0], *SPECS[kind].details_fields, *COMMON_FIELDS[1:]]
    parts = ("\n".join(_lines(field, values.get(field.name))) for field in fields)
    return "\n\n".join([_HEAD.format(kind=kind), *parts]) + "\n"


def read_template(text: str) -> dict[str, Any]:
    """The fields that were filled in.

    Raises:
        InvalidRecord: the text is no TOML.
    """
    try:
        said = read_toml(text)
    except ValueError as error:
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
