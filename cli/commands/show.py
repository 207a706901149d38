"""`archmem show`: one memory, whole."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, lens_options, uid_argument
from cli.workspace import Workspace, pass_workspace


@click.command()
@uid_argument
@lens_options
@json_option
@pass_workspace
def show(workspace: Workspace, *, uid: str, lens: dict[str, Any], as_json: bool) -> None:
    """Print all that is known of one memory.

    The beginning of a uid is enough where it fits one memory only.

    \b
    Examples:
        archmem show dec-k3f9x2ab
        archmem show dec-k3f --as-of 2024-06-30
    """
    workspace.ask("show", {"uid": uid, "lens": lens}, Form(json=as_json))
