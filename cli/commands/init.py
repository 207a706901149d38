"""`archmem init`: an empty memory."""

from __future__ import annotations

import click

from cli.endings import note
from cli.workspace import Workspace, pass_workspace


@click.command()
@pass_workspace
def init(workspace: Workspace) -> None:
    """Make an empty memory for a project.

    It lies in .archmem at the root of the main worktree, where git does not see it, and is
    shared by all worktrees. What is there already stays as it is.

    \b
    Example:
        archmem --project ~/shop init
    """
    from memory.session import create_store

    is_new = create_store(workspace.folder)
    click.echo(workspace.folder)
    note("Fill it with `archmem index`." if is_new else "It was there already; nothing changed.")
