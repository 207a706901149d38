"""memory_brief: what is known for a task."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.mcp.arguments import AsOf, Budget, Modules, request
from cli.mcp.items import lens_of, line, page
from cli.mcp.loop_values import Briefed
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models.request import Brief

if TYPE_CHECKING:
    from cli.calling import Caller


def brief_tool(caller: "Caller") -> Tool:
    """The tool that briefs."""

    def memory_brief(
        task: str = "",
        modules: Modules = (),
        agents: Annotated[tuple[str, ...], Field(description="A slice each.")] = (),
        budget: Budget = 4000,
        everything: Annotated[bool, Field(description="All, not what is to the point.")] = False,
        as_of: AsOf = "",
    ) -> Annotated[CallToolResult, Briefed]:
        """Begin here: what is known for a task, chosen to fit the budget.

        What governs, was tried, works, must not worsen, is open; at the end what was left out and
        modules of which nothing is known.
        """
        if not (task.strip() or everything):
            raise ToolError("task: say in plain words what is to be done, or set everything.")
        asked = request(
            Brief,
            task=task,
            modules=modules,
            agents=agents,
            budget=budget,
            everything=everything,
            lens=lens_of(as_of),
        )
        brief = caller.call("brief", asked)
        result = Briefed(
            text=brief.text,
            tokens=brief.tokens,
            digest=brief.digest,
            served=len(brief.served),
            complete=brief.complete,
            reason=line(brief.reason),
        )
        notes = [QUOTED] if result.complete else [QUOTED, f"Not complete: {result.reason}"]
        quoted = fenced(result.text, {"kind": "brief", "digest": result.digest})
        return answered(result, page([quoted], *notes, next_page=""))

    return make_tool(memory_brief, title="Brief")
