"""`archmem impact`: what a change to a part of the code would reach."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen


class ImpactVerb(CodeVerb):
    """Tell what depends on a part of the code."""

    name = "impact"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: Any) -> None:
        from cli.printing.code import print_impact

        print_impact(screen, response)


VERBS = (ImpactVerb(),)


@click.command()
@click.argument("target", default="")
@click.option("--diff", default="", metavar="REV", help="Whatever changed since a commit.")
@json_option
@pass_workspace
def impact(workspace: Workspace, *, target: str, diff: str, as_json: bool) -> None:
    """Tell what a change to the code would reach.

    TARGET is a file or folder, a symbol, a table, a route or a module. Told are what uses it
    directly, what uses that with the way of each, the modules, routes, tables and tests among
    them, the files that git changed together with it, the risk and what it is made of, and what
    could not be resolved.

    \b
    Examples:
        archmem impact users.models.User
        archmem impact --diff main
    """
    if bool(target) == bool(diff):
        raise click.UsageError("Name a target, or a commit with --diff.")
    workspace.ask(VERBS[0], {"target": target, "diff": diff}, OutputForm(json=as_json))
