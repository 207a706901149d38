"""`archmem status`: what the memory holds, and what it waits for."""

from __future__ import annotations

import click

from cli.client.engine import find_engine
from cli.form import Form
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.option("--engine", "of_engine", is_flag=True, help="Of the engine, not of the memory.")
@json_option
@pass_workspace
def status(workspace: Workspace, *, of_engine: bool, as_json: bool) -> None:
    """Say what the memory holds and lacks.

    Counts by kind and state, when it was last indexed, with which model, what waits to be
    embedded or written, and which files have a problem. It opens neither model nor vectors.

    \b
    Examples:
        archmem status
        archmem status --engine
    """
    if not of_engine:
        workspace.ask("status", {}, Form(json=as_json))
    elif find_engine() is None:  # it is not started to be asked how it is
        click.echo("null" if as_json else "No engine is running; the next command starts one.")
    else:
        workspace.ask("health", {}, Form(json=as_json))
