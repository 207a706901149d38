"""`archmem explain`: why a memory stands as it does."""

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
def explain(workspace: Workspace, *, uid: str, lens: dict[str, Any], as_json: bool) -> None:
    """Say why a memory stands as it does.

    Of a lesson all that speaks for it and against it, and the arithmetic that makes it a
    candidate, a practice or retired. Of any memory its standing, the premises that have moved
    and the code that has changed. Asking changes nothing.

    \b
    Examples:
        archmem explain les-k3f9x2ab
        archmem explain dec-k3f --as-of 2024-06-30
    """
    workspace.ask("explain", {"uid": uid, "lens": lens}, Form(json=as_json))
