"""Lets a person fill in a record in an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.recording.drafts import make_draft
from cli.recording.template import read_template, write_template
from cli.safe_text import one_line
from memory.errors import InvalidRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.models.kinds import Kind
    from memory.models.revision import Draft


def edit_draft(kind: Kind, values: Mapping[str, Any]) -> Draft:
    """The draft that a person made of a form; what cannot be recorded may be mended.

    Args:
        kind: What to record.
        values: What the form has already; what it has no place for is recorded as it is.

    Raises:
        click.ClickException: nothing was saved.
        click.Abort: it was given up.
    """
    text = write_template(kind, values)
    while True:
        edited = click.edit(text, extension=".toml")
        if edited is None:
            raise click.ClickException("Nothing was recorded: the form was not saved.")
        try:
            return make_draft(kind, read_template(edited) | _not_in_form(values))
        except InvalidRecord as error:
            click.echo(one_line(str(error)), err=True)
            click.confirm("Back to the editor?", default=True, abort=True, err=True)
            text = edited


def _not_in_form(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in ("references", "extra") if name in values}
