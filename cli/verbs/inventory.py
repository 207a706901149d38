"""`archmem inventory`: the facts of the code themselves, for people and other tools."""

from typing import TYPE_CHECKING, Any

import click

from cli.code_verb import CodeVerb
from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.code import Inventory
    from memory.views.json_fields import Line

SORTS = ("edges", "routes", "tables", "symbols", "tests", "modules", "clones")
_BY_LIBRARIES = frozenset({"routes", "tables"})  # of those that are known, which are not all


class InventoryVerb(CodeVerb):
    """List the facts of the code of one sort."""

    name = "inventory"
    tool_place = 2

    def lines(self, asked: Any, response: "Inventory") -> "Iterator[Line]":
        from cli.printing.code import doubts_line

        yield from response.rows
        yield doubts_line(response.doubts)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Inventory") -> None:
        from cli.printing.code import print_inventory

        print_inventory(screen, response)

    def tool(self, caller: "Caller") -> "Tool":
        from cli.mcp.code import code_tool

        return code_tool(caller)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Inventory") -> None:
        from cli.printing.code import answers_words, doubts_words
        from memory.models.code import Doubts
        from memory.texts.formatting import counted

        if response.what == "routes" and response.rows:
            screen.note(answers_words(response.rows))
        doubts = doubts_words(response.doubts)
        if not response.rows and response.what in _BY_LIBRARIES and response.doubts == Doubts():
            doubts = "none was seen, which says nothing of libraries that are not known."
        rows = counted(len(response.rows), "row")
        if response.what == "modules":
            modules = {row["module"] for row in response.rows}
            rows = f"{counted(len(modules), 'module')} of {counted(len(response.rows), 'file')}"
        screen.note(f"{rows}; {doubts}")


VERBS = (InventoryVerb(),)


@click.command()
@click.argument("what", type=click.Choice(SORTS))
@click.option("--module", multiple=True, help="Only of files of this module.")
@click.option("--path", default="", help="Only of this file, or of files in this folder.")
@json_option
@pass_workspace
def inventory(
    workspace: Workspace, *, what: str, module: tuple[str, ...], path: str, as_json: bool
) -> None:
    """List facts of the code, as they are.

    edges: what each file imports, calls or names, with file, line and how it is known. routes:
    what is served, and what protects it. tables: columns and keys after all migrations. symbols,
    tests, modules: what is defined, what reaches it, and where it belongs. clones: each place of
    code that stands elsewhere too, those of one clone by its name.

    With --json the last line says what could not be resolved, and which files could not be read.

    \b
    Examples:
        archmem inventory edges --module payments
        archmem inventory routes --json
    """
    request = {"what": what, "modules": module, "path": path}
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
