"""memory_flags: what one domain has to tell another."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.flags import by_urgency, flag_of
from cli.mcp.arguments import Limit, MaxTokens, Next
from cli.mcp.budget import next_after, offset_of, room_for, weight, within
from cli.mcp.fences import page
from cli.mcp.flagged import concerns, flag_block, flag_item
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Flagged
from cli.quoting import QUOTED
from memory.models.kinds import Kind, Status
from memory.models.request import Listing
from memory.models.selection import Selection

if TYPE_CHECKING:
    from cli.calling import Caller

FlagStatus: TypeAlias = Literal["open", "acknowledged", "resolved", "expired", "withdrawn"]


def flags_tool(caller: "Caller") -> Tool:
    """The tool that lists flags."""

    def memory_flags(
        statuses: tuple[FlagStatus, ...] = ("open", "acknowledged"),
        domain: Annotated[str, Field(description="Sender, receiver, owner or module.")] = "",
        blocking_only: bool = False,
        limit: Limit = 20,
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Flagged]:
        """List what domains have to tell one another.

        What blocks comes first, then by severity and due date. Call it before a change that
        touches a domain; do not go on past a blocking flag without saying so. To settle one,
        record what was done with resolves.
        """
        about = (statuses, domain, blocking_only)
        start = offset_of(next, *about)
        chosen = Selection(kinds=(Kind.FLAG,), statuses=tuple(map(Status, statuses)))
        listed = caller.call("list", Listing(selection=chosen)).memories
        flags = by_urgency(one for one in listed if concerns(one, domain))
        blocking = [one for one in flags if flag_of(one).blocking]
        wanted = blocking if blocking_only else flags
        room = room_for(max_tokens)
        ahead = [flag_item(one, room) for one in wanted[start : start + limit]]
        shown = within(ahead, room, lambda one: weight(one, flag_block(one)))
        end = start + len(shown)
        result = Flagged(
            flags=shown,
            total=len(wanted),
            blocking=len(blocking),
            next=next_after(end, *about) if end < len(wanted) else "",
        )
        note = QUOTED if shown else "No such flags."
        return answered(result, page(map(flag_block, shown), note, next_page=result.next))

    return make_tool(memory_flags, title="List flags between domains")
