"""memory_search: what answers a question."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.mcp.arguments import AsOf, Kinds, Limit, MaxTokens, Modules, Next, Statuses, request
from cli.mcp.hits import found
from cli.mcp.items import lens_of
from cli.mcp.tool import make_tool
from cli.mcp.values import Found
from memory.models.request import Search
from memory.models.selection import Selection

if TYPE_CHECKING:
    from cli.calling import Caller


def search_tool(caller: "Caller") -> Tool:
    """The tool that finds memories."""

    def memory_search(
        question: Annotated[str, Field(min_length=1, description="In plain words; name modules.")],
        kinds: Kinds = (),
        modules: Modules = (),
        statuses: Statuses = (),
        as_of: AsOf = "",
        limit: Limit = 8,
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Found]:
        """Find what was decided, tried, measured, flagged or learned.

        Act on in_force only, else follow replaced_by. No hits: nothing is recorded, not that
        anything goes; if complete is false, see reason. Passages are excerpts: memory_get what you
        rely on; cite uid and citation.
        """
        selection = Selection(kinds=kinds, modules=modules, statuses=statuses, lens=lens_of(as_of))
        return found(
            lambda wanted: caller.call(
                "search", request(Search, question=question, selection=selection, limit=wanted)
            ),
            about=(question, kinds, modules, statuses, as_of),
            limit=limit,
            max_tokens=max_tokens,
            cursor=next,
        )

    return make_tool(memory_search, title="Search memories")
