"""`archmem index`: files into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.form import Form
from cli.moments import Moment
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.option(
    "--accept-removals",
    is_flag=True,
    help="Believe it when more than a third of all memories are gone from the files.",
)
@click.option("--history", is_flag=True, help="Read refactorings and reverts from git, too.")
@click.option(
    "--since",
    type=Moment(),
    help="With --history: commits from then on; else from the beginning.",
)
@click.option(
    "--most",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --history: look at the latest N commits; else at 20,000.",
)
@json_option
@pass_workspace
def index(
    workspace: Workspace,
    *,
    accept_removals: bool,
    history: bool,
    since: datetime | None,
    most: int | None,
    as_json: bool,
) -> None:
    """Bring the memory up to date with the files.

    Only what changed is read. A run that is interrupted loses nothing, the next one finishes
    the rest. The first run of all compiles the embedding model, which takes half a minute.

    With --history, commits that say they refactor, or that move much of the code, become
    memories, each with what became of it; `archmem tried` answers from them. From then on every
    run reads what is new, and --since or --most may reach further back than before.

    \b
    Examples:
        archmem --project ~/shop index
        archmem index --history --since 2023-01-01
    """
    if not history and (since or most):
        raise click.UsageError("--since and --most are for --history.")
    request = {
        "accept_removals": accept_removals,
        "history": history,
        "since": since.isoformat() if since else None,
        "most": most,
    }
    workspace.ask("index", request, Form(json=as_json))
