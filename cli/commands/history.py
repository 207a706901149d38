"""`archmem history`: all versions of one memory."""

from __future__ import annotations

import click

from cli.form import Form
from cli.options import json_option, uid_argument
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
    workspace.ask("history", {"uid": uid}, Form(json=as_json))
