"""`archmem index`: files into memory."""

from __future__ import annotations

import click

from cli.form import Form
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.option(
    "--accept-removals",
    is_flag=True,
    help="Believe it when more than a third of all memories are gone from the files.",
)
@json_option
@pass_workspace
def index(workspace: Workspace, *, accept_removals: bool, as_json: bool) -> None:
    """Bring the memory up to date with the files.

    Only what changed is read. A run that is interrupted loses nothing, the next one finishes
    the rest. The first run of all compiles the embedding model, which takes half a minute.

    \b
    Example:
        archmem --project ~/shop index
    """
    workspace.ask("index", {"accept_removals": accept_removals}, Form(json=as_json))
