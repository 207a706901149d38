"""memory_tried: what was attempted before."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next, request
from cli.mcp.hits import found
from cli.mcp.items import lens_of
from cli.mcp.tool import make_tool
from cli.mcp.values import Found
from memory.models.answer import Answer
from memory.models.request import Tried

if TYPE_CHECKING:
    from cli.calling import Caller

_MOST = 10  # on a page, of which the size has the last word


def tried_tool(caller: "Caller") -> Tool:
    """The tool that finds earlier attempts."""

    def memory_tried(
        question: Annotated[str, Field(min_length=1)],
        modules: Modules = (),
        as_of: AsOf = "",
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Found]:
        """Find refactorings like the one you plan, recorded or from git.

        outcome says what came of each: its effect, or why it was reverted.
        """
        lens = lens_of(as_of)

        def ask(wanted: int) -> Answer:
            said = request(Tried, question=question, modules=modules, limit=wanted, lens=lens)
            tried = caller.call("tried", said)
            return Answer(
                question=tried.question,
                hits=tried.attempts,
                titles=tried.titles,
                complete=tried.complete,
                reason=tried.reason,
            )

        about = ("tried", question, modules, as_of)
        return found(ask, about=about, limit=_MOST, max_tokens=max_tokens, cursor=next)

    return make_tool(memory_tried, title="Earlier attempts")
