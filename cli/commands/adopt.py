"""`archmem adopt`: a memory that came from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.endings import note
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from memory.api import ArchMem


@click.command()
@click.option("--yes", is_flag=True, help="Open it from now on.")
@pass_workspace
def adopt(workspace: Workspace, *, yes: bool) -> None:
    """Show and open a memory that was not made here.

    Whoever hands on a memory, in a repository, an archive or a copy, can put into it what they
    like, under any name. So it is not opened before it was adopted; what is listed here is in no
    file of the project. Nor is a folder outside of the project read that archmem.toml names as
    claude_auto_memory.

    \b
    Examples:
        archmem adopt
        archmem adopt --yes
    """
    from indexer.formats.auto_memory import agree, needs_consent
    from indexer.project import open_project
    from memory.errors import StoreOwned
    from memory.ledger.adoption import adopt as adopt_ledger
    from memory.session import LEDGER
    from memory.texts.safe_text import one_line

    main = workspace.roots.main
    elsewhere = needs_consent(main, workspace.settings.claude_auto_memory)
    if elsewhere:
        note(one_line(f"archmem.toml names {elsewhere}, which lies outside of the project."))
    try:
        with open_project(workspace.project, store=workspace.store, unadopted=True) as memory:
            lines = _unsaid(memory)
    except StoreOwned as error:
        if not elsewhere:
            error.hint = "Run `archmem stop` first."  # it goes without an engine anyway
            raise
        if yes:  # whoever has the memory open found it adopted
            agree(main, elsewhere)
            note("That folder is read from now on.")
        else:
            note("`archmem adopt --yes` has that folder read from now on.")
        return
    for line in lines:
        click.echo(one_line(line))
    note(
        f"In no file: {len(lines):,}." if lines else "All that is in it is in the project's files."
    )
    if yes:
        adopt_ledger(workspace.folder / LEDGER)
        if elsewhere:
            agree(main, elsewhere)
        note(f"It is opened{' and that folder read' if elsewhere else ''} from now on.")
    else:
        and_read = " and has that folder read" if elsewhere else ""
        note(f"`archmem adopt --yes` opens it{and_read} from now on.")


def _unsaid(memory: ArchMem) -> list[str]:
    """What a memory says that the project's files do not, a line each."""
    from memory.keeping.doctor import unlike_files

    unlike = {uid for found in unlike_files(memory.session, again=False) for uid in found.uids}
    lines = []
    for listed in memory.list():
        one = listed.memory
        if one.path is None or one.uid in unlike:
            author = one.revision.source.author
            lines.append(f"{one.uid}  {one.kind}  {one.title}  (by {author}, {one.citation})")
    return lines
