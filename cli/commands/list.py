"""`archmem list`: memories without a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.json_lines import memory_line, print_line
from cli.options import json_option, limit_option, selection_options
from cli.printing.console import out_by_rows
from cli.printing.lines import note
from cli.printing.tables import memories_table
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from memory.models.selection import Selection


@click.command("list")
@selection_options
@limit_option(default=None, help="At most so many; all if not given.")
@json_option
@pass_workspace
def list_(workspace: Workspace, *, selection: Selection, limit: int | None, as_json: bool) -> None:
    """List memories, the latest first.

    Filters may be repeated; several values of one filter mean any of them.

    \b
    Examples:
        archmem list --kind flag --status open
        archmem list --module payments --as-of 2024-06-30
    """
    memories = workspace.memory.list(selection, limit=limit)
    if as_json:
        for listed in memories:
            print_line(memory_line(listed))
    elif memories:
        console = out_by_rows()
        console.print(memories_table(memories, width=console.width))
    if not memories:
        note("Nothing like that is known.")
