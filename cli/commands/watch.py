"""`archmem watch`: what is learned of a project the moment its files change."""

from __future__ import annotations

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.option("--on", "what", flag_value="watch-on", help="Have the engine watch this project.")
@click.option("--off", "what", flag_value="watch-off", help="Have it watch it no longer.")
@click.option("--list", "what", flag_value="watch-list", help="Tell what is watched, and how.")
@json_option
@pass_workspace
def watch(workspace: Workspace, *, what: str | None, as_json: bool) -> None:
    """Keep the memory in step with the files.

    Without an option it shows what is learned as files change, until Ctrl+C. With --on the
    engine does this from now on, whenever it runs, and catches up with what it missed.

    \b
    Examples:
        archmem watch
        archmem --project ~/shop watch --on
    """
    if what is None:
        workspace.follow(OutputForm(json=as_json))
    else:
        workspace.ask(what, {}, OutputForm(json=as_json))
