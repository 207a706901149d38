"""`archmem mcp`: the memory for any agent that speaks MCP."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from cli.mcp.tool import Results


@click.command()
@click.option(
    "--results",
    type=click.Choice(["text", "structure", "both"]),
    default="text",
    show_default=True,
    help="How tools answer: text is for models, structure for programs.",
)
@pass_workspace
def mcp(workspace: Workspace, *, results: Results) -> None:
    """Serve the memory to an agent by MCP.

    It speaks the protocol on stdin and stdout, of every version, and hands on what it is asked
    to the engine, which is started if there is none. An agent's program runs it; `archmem install`
    sets that up.

    \b
    Example:
        claude mcp add archmem -- archmem mcp
    """
    from cli.client.bridge import Bridge

    Bridge(workspace.address(), results, sys.stdout.buffer).serve(sys.stdin.buffer)
