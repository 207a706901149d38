"""`archmem timeline`: how a module evolved."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, lens_options
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("module")
@lens_options
@json_option
@pass_workspace
def timeline(workspace: Workspace, *, module: str, lens: dict[str, Any], as_json: bool) -> None:
    """Tell how a module evolved.

    Decisions, refactorings, baselines, flags, notes and lessons in order, the oldest first;
    what has no date comes before all others.

    \b
    Example:
        archmem timeline payments
    """
    workspace.ask("timeline", {"module": module, "lens": lens}, Form(json=as_json))
