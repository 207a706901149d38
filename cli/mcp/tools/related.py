"""memory_related: what has to do with a memory."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.arguments import Limit, MaxTokens, Next, Uid
from cli.mcp.hits import found
from cli.mcp.tool import make_tool
from cli.mcp.values import Found
from memory.models.request import Related

if TYPE_CHECKING:
    from cli.calling import Caller


def related_tool(caller: "Caller") -> Tool:
    """The tool that finds what surrounds a memory."""

    def memory_related(
        uid: Uid,
        limit: Limit = 8,
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Found]:
        """Find what a memory is linked to (why says how), then what is about the same.

        Call it before you change or replace a decision.
        """
        return found(
            lambda wanted: caller.call("related", Related(uid=uid, limit=wanted)),
            about=(uid,),
            limit=limit,
            max_tokens=max_tokens,
            cursor=next,
        )

    return make_tool(memory_related, title="Related memories")
