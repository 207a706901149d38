"""`archmem mcp`: the memory for any agent that speaks MCP."""

from __future__ import annotations

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

    It speaks the protocol on stdin and stdout, and holds neither model nor memory: the
    engine does, which is started if there is none. An agent's program runs it; `archmem install
    claude` sets that up.

    \b
    Example:
        claude mcp add archmem -- archmem mcp
    """
    from cli.calling import EngineCaller

    caller = EngineCaller(workspace)  # starts the engine while the protocol is imported
    from cli.mcp.server import serve_stdio

    serve_stdio(caller, results)
