"""`archmem status`: what the memory holds, and what it waits for."""

from __future__ import annotations

import click

from cli.json_lines import print_line, status_line
from cli.options import json_option
from cli.printing.lines import print_problems
from cli.printing.status import print_status
from cli.workspace import Workspace, pass_workspace


@click.command()
@json_option
@pass_workspace
def status(workspace: Workspace, *, as_json: bool) -> None:
    """Say what the memory holds and lacks.

    Counts by kind and state, when it was last indexed, with which model, what waits to be
    embedded or written, and which files have a problem. It opens neither model nor vectors.

    \b
    Example:
        archmem status
    """
    state = workspace.memory.status()
    if as_json:
        print_line(status_line(state))
        return
    print_status(state)
    print_problems(state.problems)
