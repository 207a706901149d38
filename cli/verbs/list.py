"""`archmem list`: memories without a question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.form import OutputForm
from cli.options import json_option, limit_option, selection_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import RenderableType

    from cli.forms.screen import Screen
    from memory.models.answer import Listed
    from memory.views.json_fields import Line


_WIDE = 100  # columns in which titles have room beside a column for the kind
_WIDER = 160  # likewise beside a path


class ListVerb(Verb):
    """List the memories of a selection, the latest first."""

    name = "list"
    nothing = "Nothing like that is known."

    def lines(self, asked: Any, response: "Sequence[Listed]") -> "Iterator[Line]":
        from memory.views.json_fields import memory_line

        return map(memory_line, response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Listed]"
    ) -> None:
        from cli.forms.screen import line
        from cli.forms.terminal import short_bearing, styled_status
        from memory.views.memory_view import began_words, number_of

        if not response:
            return
        cells: dict[str, Callable[[Listed], RenderableType]] = {
            "Date": lambda listed: began_words(listed.memory),
            "Uid": lambda listed: listed.memory.uid,
            "Kind": lambda listed: listed.memory.kind,
            "No.": lambda listed: str(number_of(listed.memory) or ""),
            "Status": styled_status,
            "Today": short_bearing,
            "Path": lambda listed: line(listed.memory.citation),
            "Title": lambda listed: line(listed.memory.title),
        }
        if screen.row_width < _WIDE:
            del cells["Kind"], cells["Today"]
        elif not any(short_bearing(listed).plain for listed in response):
            del cells["Today"]
        if screen.row_width < _WIDER:
            del cells["Path"]
        if not any(number_of(listed.memory) for listed in response):
            del cells["No."]
        screen.table(cells, ([cell(one) for cell in cells.values()] for one in response))


VERBS = (ListVerb(),)


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
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
