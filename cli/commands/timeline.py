"""`archmem timeline`: how a module evolved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.json_lines import event_line, print_line
from cli.options import json_option, lens_options
from cli.printing.console import out_by_rows
from cli.printing.lines import note
from cli.printing.tables import events_table
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from memory.models.selection import Lens


@click.command()
@click.argument("module")
@lens_options
@json_option
@pass_workspace
def timeline(workspace: Workspace, *, module: str, lens: Lens, as_json: bool) -> None:
    """Tell how a module evolved.

    Decisions, refactorings, baselines, flags, notes and lessons in order, the oldest first;
    what has no date comes before all others.

    \b
    Example:
        archmem timeline payments
    """
    events = workspace.memory.timeline(module, lens=lens)
    if as_json:
        for event in events:
            print_line(event_line(event))
    elif events:
        out_by_rows().print(events_table(events))
    if not events:
        note(f"Nothing is known of a module {module!r}.")
