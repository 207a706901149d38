"""`archmem triage`: whether a task is systemic, and whose it is."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.coordination import Triage


class TriageVerb(CodeVerb):
    """Tell whether a task is systemic, and whose it is."""

    name = "triage"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Triage") -> None:
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
    to be systemic nor local cannot be told, and says so. Words say little of how much a change
    touches; a change that was made (`--diff`) shows it.

    \b
    Examples:
        archmem triage "Rename User.email to User.address"
        archmem triage --diff main
    """
    workspace.ask(VERBS[0], {"task": task, "diff": diff}, OutputForm(json=as_json))
