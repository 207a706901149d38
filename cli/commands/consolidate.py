"""`archmem consolidate`: what could be merged, what contradicts, what has had its day."""

from __future__ import annotations

import click

from cli.form import Form
from cli.options import json_option
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.option(
    "--apply", "applied", multiple=True, metavar="ID", help="Apply a proposal, or all of them."
)
@click.option("--undo", multiple=True, metavar="ID", help="Undo what was applied.")
@click.option("--list", "listing", is_flag=True, help="Tell what was applied.")
@click.option("--author", help="Who says so. [default: you, as git knows you]")
@json_option
@pass_workspace
def consolidate(
    workspace: Workspace,
    *,
    applied: tuple[str, ...],
    undo: tuple[str, ...],
    listing: bool,
    author: str | None,
    as_json: bool,
) -> None:
    """Propose what could be tidied, with reasons.

    Lessons and notes that say the same, patterns and antipatterns that contradict one another,
    flags long past due, and what its evidence or the codebase has left behind. Nothing is done
    without --apply, nothing is ever deleted, and each application can be undone.

    \b
    Examples:
        archmem consolidate
        archmem consolidate --apply con-k3f9x2ab
        archmem consolidate --undo con-k3f9x2ab
    """
    said = {"apply": applied, "undo": undo, "listing": listing, "author": author}
    workspace.ask("consolidate", said, Form(json=as_json))
