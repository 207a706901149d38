"""`archmem verify`: whether what is known still holds."""

from __future__ import annotations

import click

from cli.form import Form
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace
from memory.models.kinds import Kind


@click.command()
@click.option("--module", multiple=True, help="Only what concerns this module.")
@click.option(
    "--kind",
    multiple=True,
    type=click.Choice([str(kind) for kind in Kind]),
    metavar="KIND",
    help=f"Only what is one: {', '.join(Kind)}.",
)
@click.option(
    "--all", "everything", is_flag=True, help="Also what is as it was, is over, or is from git."
)
@click.option(
    "--fail-on",
    type=click.Choice(["gone", "changed", "moved"]),
    default=None,
    help="Exit code 3 where a memory names something that is so, or worse.",
)
@json_option
@pass_workspace
def verify(
    workspace: Workspace,
    *,
    module: tuple[str, ...],
    kind: tuple[str, ...],
    everything: bool,
    fail_on: str | None,
    as_json: bool,
) -> None:
    """Say what no longer holds.

    The places that memories name (paths, symbols, commits, versions) are looked up in the
    repository, uncommitted changes included: each is fresh, changed, moved, gone, or cannot be
    told, since the memory last said something new. Then what waits for somebody: review
    triggers that have come true, for which flags are raised, flags past their day, and runs
    that were never finished.

    \b
    Examples:
        archmem verify --module payments
        archmem verify --fail-on gone
    """
    request = {"modules": module, "kinds": kind, "everything": everything}
    workspace.ask("verify", request, Form(json=as_json, fail_on=fail_on or ""))
