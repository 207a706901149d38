"""`archmem map`: the modules of the code in numbers, and how they hang together."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.code import CodeMap

FORMATS = ("table", "json", "dot", "mermaid", "svg")


class MapVerb(CodeVerb):
    """Tell the parts of the code, and what couples them."""

    name = "map"
    nothing = "There is no code that could be read here."
    listed = "modules"

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "CodeMap") -> None:
        from cli.printing.code import print_map
        from cli.printing.map_drawings import DRAWINGS

        if draw := DRAWINGS.get(form.layout):
            for each in draw(response):
                screen.line(each)
        else:
            print_map(screen, response)


VERBS = (MapVerb(),)


@click.command("map")
@click.option("--module", multiple=True, help="Only this module, and what it is coupled to.")
@click.option("--level", type=click.Choice(("module", "file")), default="module")
@click.option("--format", "layout", type=click.Choice(FORMATS), default="table")
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@pass_workspace
def map_(
    workspace: Workspace, *, module: tuple[str, ...], level: str, layout: str, as_json: bool
) -> None:
    """Draw the modules of the code, and what couples them.

    For each its size, who imports it and whom it imports, its instability; for each two how much
    they are coupled, and by what; and what goes in circles. With --format json each number stands
    beside its formula.

    \b
    Examples:
        archmem map
        archmem map --module payments --format mermaid
        archmem map --format svg > coupling.svg
    """
    form = OutputForm(json=as_json or layout == "json", layout=layout)
    workspace.ask(VERBS[0], {"modules": module, "level": level}, form)
