"""memory_get: all that is known of one memory."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.arguments import AsOf, MaxTokens, Next, Uid
from cli.mcp.items import lens_of
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Whole
from cli.mcp.whole import block, whole
from memory.models.request import History, Show

if TYPE_CHECKING:
    from cli.calling import Caller


def get_tool(caller: "Caller") -> Tool:
    """The tool that reads one memory."""

    def memory_get(
        uid: Uid,
        as_of: AsOf = "",
        history: bool = False,
        max_tokens: MaxTokens = 4000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Whole]:
        """Read one memory in full.

        Text, details, links, standing. A long text comes in pages; links and history with the
        first.
        """
        shown = caller.call("show", Show(uid=uid, lens=lens_of(as_of)))
        told = caller.call("history", History(uid=shown.memory.uid)) if history else None
        result = whole(shown, told, asked=(uid, as_of), cursor=next, max_tokens=max_tokens)
        return answered(result, block(result))

    return make_tool(memory_get, title="Read a memory")
