"""`archmem trace`: where the requests of a route go."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.tracing import Traces


class TraceVerb(CodeVerb):
    """Tell where the requests of a route go."""

    name = "trace"
    doubted = "Of the files that it goes through: "

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Traces") -> None:
        from cli.printing.tracing import print_traces

        print_traces(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Traces") -> None:
        for report, why in response.left_out.items():
            screen.note(f"{report} is not taken in: {why}.")
        super().remark(screen, form, asked, response)


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
    by the baselines that name it and by traces (OTLP as JSON) and profiles (pprof and py-spy as
    text) that the project has, and how much could not be followed.

    \b
    Examples:
        archmem trace "GET /orders/{id}"
        archmem trace /orders/12 --json
    """
    workspace.ask(VERBS[0], {"route": route}, OutputForm(json=as_json))
