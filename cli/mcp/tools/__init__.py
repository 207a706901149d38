"""The tools, one file each; a docstring there is what a model reads before it calls the tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.mcp.tools.baselines import baselines_tool
from cli.mcp.tools.brief import brief_tool
from cli.mcp.tools.check_plan import check_plan_tool
from cli.mcp.tools.consolidate import consolidate_tool
from cli.mcp.tools.explain import explain_tool
from cli.mcp.tools.flags import flags_tool
from cli.mcp.tools.get import get_tool
from cli.mcp.tools.learn import learn_tool
from cli.mcp.tools.record import record_tool
from cli.mcp.tools.related import related_tool
from cli.mcp.tools.run import run_tool
from cli.mcp.tools.search import search_tool
from cli.mcp.tools.status import status_tool
from cli.mcp.tools.timeline import timeline_tool
from cli.mcp.tools.tried import tried_tool
from cli.mcp.tools.verify import verify_tool

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller


def all_tools(caller: Caller) -> list[Tool]:
    """Every tool, in the order in which they are listed."""
    return [
        brief_tool(caller),
        check_plan_tool(caller),
        search_tool(caller),
        get_tool(caller),
        timeline_tool(caller),
        related_tool(caller),
        tried_tool(caller),
        baselines_tool(caller),
        explain_tool(caller),
        record_tool(caller),
        run_tool(caller),
        learn_tool(caller),
        flags_tool(caller),
        verify_tool(caller),
        consolidate_tool(caller),
        status_tool(caller),
    ]
