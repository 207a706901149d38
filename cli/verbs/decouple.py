"""`archmem decouple`: which dependencies of modules to cut, and what that would change."""

from typing import TYPE_CHECKING, Any

import click

from cli.form import Form
from cli.options import json_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.decoupling import Decoupling
    from memory.views.json_fields import Line


class DecoupleVerb(Verb):
    """Propose cuts between modules."""

    name = "decouple"
    writes = True  # it keeps what files say, and looks at the worktree that it is asked in
    takes_long = True
    creates = True  # code can be asked about before anything is remembered

    def lines(self, asked: Any, response: "Decoupling") -> "Iterator[Line]":
        yield response.model_dump(mode="json")

    def show(self, screen: "Screen", form: Form, asked: Any, response: "Decoupling") -> None:
        from cli.printing.decoupling import print_decoupling

        print_decoupling(screen, response)

    def remark(self, screen: "Screen", form: Form, asked: Any, response: "Decoupling") -> None:
        from cli.printing.code import doubts_words

        screen.note(f"Of the code: {doubts_words(response.doubts)}")


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
    workspace.ask(VERBS[0], {"first": first, "second": second}, Form(json=as_json))
