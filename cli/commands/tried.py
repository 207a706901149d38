"""`archmem tried`: what was tried before, and what came of it."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, lens_options, limit_option
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("plan")
@click.option("--module", multiple=True, help="Only what touched this module; may be repeated.")
@limit_option(default=5, help="At most so many.")
@lens_options
@json_option
@pass_workspace
def tried(
    workspace: Workspace,
    *,
    plan: str,
    module: tuple[str, ...],
    limit: int,
    lens: dict[str, Any],
    as_json: bool,
) -> None:
    """Tell what was tried, and what came of it.

    The refactorings that come nearest to a plan, recorded ones and those that `archmem index
    --history` found in git: when it was, in which commits, what effect was measured, whether
    and why it was reverted.

    \b
    Example:
        archmem tried "split payments out of api"
    """
    request = {"question": plan, "modules": module, "limit": limit, "lens": lens}
    workspace.ask("tried", request, Form(json=as_json))
