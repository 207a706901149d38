"""Cursor: the MCP server.

https://cursor.com/docs/mcp: `${workspaceFolder}` is the project of the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.agents.json_settings import server_part

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cli.agents.agent import InstallRequest
    from cli.agents.plan import AgentFile


def parts(wanted: InstallRequest) -> dict[str, AgentFile]:
    """What archmem has in which file."""
    project = [] if wanted.for_user else ["--project", "${workspaceFolder}"]
    entry: dict[str, JsonValue] = {
        "type": "stdio",
        "command": wanted.program,
        "args": [*project, "mcp"],
    }
    return {".cursor/mcp.json": server_part(("mcpServers",), entry)}
