"""Gemini CLI: the MCP server.

https://geminicli.com/docs: settings.json, MCP servers.
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
    entry: dict[str, JsonValue] = {"command": wanted.program, "args": ["mcp"]}
    return {".gemini/settings.json": server_part(("mcpServers",), entry)}
