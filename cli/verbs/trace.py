"""`archmem trace`: where the requests of a route go."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import Form
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.tracing import Traces
    from memory.views.json_fields import Line


class TraceVerb(Verb):
    """Tell where the requests of a route go."""

    name = "trace"
    writes = True  # it keeps what files say, and looks at the worktree that it is asked in
    takes_long = True
    creates = True  # code can be asked about before anything is remembered

    def lines(self, asked: Any, response: "Traces") -> "Iterator[Line]":
        yield response.model_dump(mode="json")

    def show(self, screen: "Screen", form: Form, asked: Any, response: "Traces") -> None:
        from cli.printing.tracing import print_traces

        print_traces(screen, response)

    def remark(self, screen: "Screen", form: Form, asked: Any, response: "Traces") -> None:
        from cli.printing.code import doubts_words

        screen.note(f"Of the files that it goes through: {doubts_words(response.doubts)}")


VERBS = (TraceVerb(),)


@click.command()
@click.argument("route")
@json_option
@pass_workspace
def trace(workspace: Workspace, *, route: str, as_json: bool) -> None:
    """Tell where the requests of a route go.

    ROUTE is a method with a path, a path alone, as it is declared or as one would ask for it, or
    the name of a handler. Told are its middleware, and from its handler on what is called, by
    how it is known, down to the tables that are read and written and to calls of other services;
    beside them what a loop repeats, what lacks an index, what could be kept, how long it takes
    by the baselines that name it, and how much could not be followed.

    \b
    Examples:
        archmem trace "GET /orders/{id}"
        archmem trace /orders/12 --json
    """
    workspace.ask(VERBS[0], {"route": route}, Form(json=as_json))
