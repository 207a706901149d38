"""memory_explain: why a memory stands as it does."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.arguments import AsOf, MaxTokens, Uid
from cli.mcp.budget import room_for, weight, within
from cli.mcp.items import fence, item_fields, lens_of, line, page, with_rest
from cli.mcp.loop_values import Explained
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED
from memory.models.request import Explain
from memory.texts.shortening import json_bytes

if TYPE_CHECKING:
    from cli.calling import Caller

_REASON = 400  # bytes


def explain_tool(caller: "Caller") -> Tool:
    """The tool that gives reasons."""

    def memory_explain(
        uid: Uid,
        as_of: AsOf = "",
        max_tokens: MaxTokens = 1500,
    ) -> Annotated[CallToolResult, Explained]:
        """Say why a memory stands as it does.

        Of a lesson its evidence and the arithmetic; of any what replaced it, what moved or changed.
        """
        said = caller.call("explain", Explain(uid=uid, lens=lens_of(as_of)))
        fields = item_fields(said, said.titles)
        empty = Explained(**fields, reasons=[])
        reasons = [line(reason, _REASON) for reason in said.reasons]
        ancestors = [
            line(f"{one.how.replace('_', ' ')} {one.uid} {one.title} ({one.trust})")
            for one in said.ancestors
        ]
        left = (room_for(max_tokens) - weight(empty, fence(empty, ""))) // 4
        shown = within(reasons, 3 * left, json_bytes, at_least=1)
        near = within(ancestors, left, json_bytes, at_least=0)
        result = Explained(
            **fields,
            reasons=with_rest(shown, len(reasons)),
            ancestors=with_rest(near, len(ancestors)),
        )
        text = "\n".join([*result.reasons, *result.ancestors])
        return answered(result, page([fence(result, text)], QUOTED, next_page=""))

    return make_tool(memory_explain, title="Explain standing")
