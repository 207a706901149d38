"""Lets a person fill in a record in an editor."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

import click

from cli.recording.fields import COMMON_FIELDS, details_fields
from cli.recording.template import read_template, write_template
from memory.errors import ArchMemError
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from memory.models.kinds import Kind


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
    in_form = {field.name for field in (*COMMON_FIELDS, *details_fields(kind))}
    return {name: said for name, said in values.items() if name not in in_form}
