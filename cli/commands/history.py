"""`archmem history`: all versions of one memory."""

from __future__ import annotations

import click

from cli.json_lines import print_line, revision_lines
from cli.options import json_option, uid_argument
from cli.printing.console import out
from cli.printing.revisions import print_revisions
from cli.workspace import Workspace, pass_workspace


@click.command()
@uid_argument
@json_option
@pass_workspace
def history(workspace: Workspace, *, uid: str, as_json: bool) -> None:
    """Tell how a memory came to say this.

    Every revision, the first one first, with what changed from one to the next.

    \b
    Example:
        archmem history dec-k3f9x2ab
    """
    told = workspace.memory.history(uid)
    if not as_json:
        print_revisions(out(), told)
        return
    for line in revision_lines(told):
        print_line(line)
