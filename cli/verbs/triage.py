"""`archmem triage`: whether a task is systemic, and whose it is."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import Form
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.coordination import Triage
    from memory.views.json_fields import Line


class TriageVerb(Verb):
    """Tell whether a task is systemic, and whose it is."""

    name = "triage"
    writes = True  # it keeps what files say, and looks at the worktree that it is asked in
    takes_long = True
    creates = True  # code can be asked about before anything is remembered

    def lines(self, asked: Any, response: "Triage") -> "Iterator[Line]":
        yield response.model_dump(mode="json")

    def show(self, screen: "Screen", form: Form, asked: Any, response: "Triage") -> None:
        from cli.printing.coordination import print_triage

        print_triage(screen, response)


VERBS = (TriageVerb(),)


@click.command()
@click.argument("task", default="")
@click.option("--diff", default="", metavar="REV", help="A change that was made, since a commit.")
@json_option
@pass_workspace
def triage(workspace: Workspace, *, task: str, diff: str, as_json: bool) -> None:
    """Tell whether a task is systemic, and whose it is.

    Systemic is what affects three modules or more, the schema, an interface that others rely on,
    an architectural pattern, or what asks for an audit or analysis of all. What a task names is
    looked up in the code; what changes like it touched is taken from git. What is neither shown
    to be systemic nor local cannot be told, and says so.

    \b
    Examples:
        archmem triage "Rename User.email to User.address"
        archmem triage --diff main
    """
    workspace.ask(VERBS[0], {"task": task, "diff": diff}, Form(json=as_json))
