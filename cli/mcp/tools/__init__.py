"""The tools, one file each; a docstring there is what a model reads before it calls the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.mcp.tools.flags import flags_tool
from cli.mcp.tools.get import get_tool
from cli.mcp.tools.record import record_tool
from cli.mcp.tools.related import related_tool
from cli.mcp.tools.search import search_tool
from cli.mcp.tools.status import status_tool
from cli.mcp.tools.timeline import timeline_tool

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller


def all_tools(caller: Caller) -> list[Tool]:
    """Every tool, in the order in which they are listed."""
    return [
        search_tool(caller),
        get_tool(caller),
        timeline_tool(caller),
        related_tool(caller),
        record_tool(caller),
        flags_tool(caller),
        status_tool(caller),
    ]
