"""`archmem show`: one memory, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.json_lines import print_line, shown_line
from cli.options import json_option, lens_options, uid_argument
from cli.printing.console import out
from cli.printing.page import print_page
from cli.titles import titles_around
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from memory.models.selection import Lens


@click.command()
@uid_argument
@lens_options
@json_option
@pass_workspace
def show(workspace: Workspace, *, uid: str, lens: Lens, as_json: bool) -> None:
    """Print all that is known of one memory.

    The beginning of a uid is enough where it fits one memory only.

    \b
    Examples:
        archmem show dec-k3f9x2ab
        archmem show dec-k3f --as-of 2024-06-30
    """
    shown = workspace.memory.show(uid, lens=lens)
    if as_json:
        print_line(shown_line(shown))
        return
    titles = shown.titles | titles_around(workspace.memory, [shown.standing])
    print_page(out(), shown, titles)
