"""`archmem list`: memories without a question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.form import Form
from cli.options import json_option, limit_option, selection_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from cli.forms.screen import Screen
    from cli.json_lines import Line
    from memory.models.answer import Listed


_WIDE = 100  # columns in which titles have room beside a column for the kind


class List(Verb):
    """List the memories of a selection, the latest first."""

    name = "list"
    nothing = "Nothing like that is known."

    def lines(self, asked: Any, response: "Sequence[Listed]") -> "Iterator[Line]":
        from cli.json_lines import memory_line

        return map(memory_line, response)

    def show(self, screen: "Screen", form: Form, asked: Any, response: "Sequence[Listed]") -> None:
        from cli.forms.screen import line
        from cli.forms.terminal import short_bearing, styled_status
        from memory.texts.formatting import day

        if not response:
            return
        cells: dict[str, Callable[[Listed], RenderableType]] = {
            "Date": lambda listed: day(listed.memory.revision.draft.valid_from),
            "Uid": lambda listed: listed.memory.uid,
            "Kind": lambda listed: listed.memory.kind,
            "Status": styled_status,
            "Title": lambda listed: line(listed.memory.title),
        }
        if screen.row_width < _WIDE:
            del cells["Kind"]
        elif any(short_bearing(listed).plain for listed in response):
            cells["Today"] = short_bearing
        screen.table(cells, ([cell(one) for cell in cells.values()] for one in response))


VERBS = (List(),)


@click.command("list")
@selection_options
@limit_option(default=None, help="At most so many; all if not given.")
@json_option
@pass_workspace
def list_(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """List memories, the latest first.

    Filters may be repeated; several values of one filter mean any of them.

    \b
    Examples:
        archmem list --kind flag --status open
        archmem list --module payments --as-of 2024-06-30
    """
    workspace.ask(VERBS[0], request, Form(json=as_json))
