"""`archmem check`: whether what is known speaks against a plan."""

from __future__ import annotations

from typing import Any

import click

from cli.form import Form
from cli.options import json_option, lens_options
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("plan", type=click.Path(dir_okay=False, allow_dash=True))
@lens_options
@json_option
@pass_workspace
def check(workspace: Workspace, *, plan: str, lens: dict[str, Any], as_json: bool) -> None:
    """Check a plan against what is known.

    PLAN is a file, or - for stdin: Markdown, whose list items are the steps, or JSON: a list of
    steps, an object with `steps`, or one with a `migration_plan` of phases with tasks. A step is
    a text, or an object with `text`, `modules` and `rationale`.

    Each step is told to be one of three, with citations. conflict: it evidently proposes what was
    superseded, rejected, reverted, not chosen or learned not to work. unknown: nothing is known
    of it, or it may take away a decision in force. ok: something is known of it, and nothing
    evident speaks against it; that is no proof, so read the decisions that govern it.

    Baselines at risk and blocking flags of the modules it touches stand beside it and are no
    conflict. The exit code is 3 when a step conflicts.

    \b
    Example:
        archmem check docs/plan.md
    """
    from cli.plan_files import read_plan_file

    request = {"plan": read_plan_file(plan), "lens": lens}
    workspace.ask("check", request, Form(json=as_json))
