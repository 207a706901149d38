"""`archmem learn`: lessons from what came of a run."""

from __future__ import annotations

from typing import Any, TextIO

import click

from cli.form import Form
from cli.options import json_option
from cli.recording.results import result_from, result_options
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("uid", required=False)
@result_options
@click.option("--author", help='Who says so, such as "agent:payments". [default: you]')
@json_option
@pass_workspace
def learn(
    workspace: Workspace,
    /,
    *,
    uid: str | None,
    source: TextIO | None,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Turn what came of a run into lessons.

    An approach that worked becomes a pattern, one that failed an antipattern, what it taught
    best practices. Where that is known already, the run counts as evidence for it, and against
    what it contradicts. Name a finished run, or give the result of something that no run was
    opened for, as `archmem run finish` takes it. Doing it twice changes nothing.

    \b
    Examples:
        archmem learn run-k3f9x2ab
        echo '{"success": false, "approach": "Retry at once", "issues": ["..."]}' | \\
            archmem learn --from -
    """
    result = (
        result_from(source, options) if source or any(map(_is_said, options.values())) else None
    )
    if (uid is None) == (result is None):
        raise click.UsageError("Name a run, or give a result.")
    workspace.ask("learn", {"uid": uid, "result": result, "author": author}, Form(json=as_json))


def _is_said(value: Any) -> bool:
    return value not in (None, ())
