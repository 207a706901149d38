"""`archmem restore`: a backup where there is no memory."""

from __future__ import annotations

from pathlib import Path

import click

from cli.endings import note
from cli.workspace import Workspace, pass_workspace


@click.command()
@click.argument("backup", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_workspace
def restore(workspace: Workspace, *, backup: Path) -> None:
    """Put a backup back where there is no memory.

    It is copied, every row of the copy is checked, and only then it takes its place. A memory
    that is there is left alone: move it away first.

    \b
    Example:
        archmem restore .archmem/backups/memory-20260102T030405000006.db
    """
    from memory.config import ensure_store_folder
    from memory.keeping.backups import restore as put_back
    from memory.session import LEDGER

    ensure_store_folder(workspace.folder)
    restored = put_back(backup, workspace.folder / LEDGER)
    click.echo(restored.folder)
    if restored.withheld:
        note(f"Without what looks like a credential: {', '.join(restored.withheld)}.")
    note(f"{restored.memories:,} memories; `archmem index` brings them up to date.")
