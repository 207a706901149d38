"""`archmem list`: memories without a question."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, limit_option, selection_options
from cli.workspace import Workspace, pass_workspace


@click.command("list")
@selection_options
@limit_option(default=None, help="At most so many; all if not given.")
@json_option
@pass_workspace
def list_(
    workspace: Workspace, *, selection: dict[str, Any], limit: int | None, as_json: bool
) -> None:
    """List memories, the latest first.

    Filters may be repeated; several values of one filter mean any of them.

    \b
    Examples:
        archmem list --kind flag --status open
        archmem list --module payments --as-of 2024-06-30
    """
    workspace.ask("list", {"selection": selection, "limit": limit}, Form(json=as_json))
