"""`archmem decouple`: which dependencies of modules to cut, and what that would change."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.decoupling import Decoupling


class DecoupleVerb(CodeVerb):
    """Propose cuts between modules."""

    name = "decouple"
    doubted = "Of the code: "

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Decoupling") -> None:
        from cli.printing.decoupling import print_decoupling

        print_decoupling(screen, response)


VERBS = (DecoupleVerb(),)


@click.command()
@click.argument("first", default="", metavar="[MODULE")
@click.argument("second", default="", metavar="[MODULE]]")
@json_option
@pass_workspace
def decouple(workspace: Workspace, *, first: str, second: str, as_json: bool) -> None:
    """Propose cuts between modules.

    The cheapest imports to cut so that one of two modules no longer depends on the other, so that
    a module is in no cycle, or so that the largest cycle is resolved. Each cut is simulated: what
    is left in cycles, how far a change reaches, the instability of both sides; and the names that
    would become the interface.

    \b
    Examples:
        archmem decouple
        archmem decouple orders billing
    """
    workspace.ask(VERBS[0], {"first": first, "second": second}, OutputForm(json=as_json))
