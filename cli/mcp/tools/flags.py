"""memory_flags: what one domain has to tell another, until it is settled."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, WithJsonSchema

from cli.mcp.arguments import Limit, MaxTokens, Next, agent_named, request
from cli.mcp.budget import room_for, weight
from cli.mcp.flagged import flag_block, flag_item
from cli.mcp.items import line, page
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Flagged
from cli.quoting import QUOTED
from memory.flags import concerns
from memory.models.flagged import FlagAction
from memory.models.flags import by_urgency, flag_of
from memory.models.kinds import Kind, Status
from memory.models.request import Flag, Listing
from memory.models.selection import Selection

if TYPE_CHECKING:
    from cli.calling import Caller

FlagStatuses: TypeAlias = Annotated[
    tuple[Literal["open", "acknowledged", "resolved", "expired", "withdrawn"], ...],
    WithJsonSchema({"type": "array", "items": {"type": "string"}}),
]


def flags_tool(caller: "Caller") -> Tool:
    """The tool that lists and settles flags."""

    def memory_flags(
        action: FlagAction = "list",
        uid: str = "",
        evidence: str = "",
        author: str = "",
        statuses: FlagStatuses = ("open", "acknowledged"),
        domain: Annotated[str, Field(description="Sender, receiver, owner or module.")] = "",
        blocking_only: bool = False,
        limit: Limit = 20,
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Flagged]:
        """List what domains have to tell one another, or settle one flag.

        What blocks comes first; do not go on past it without saying so. Resolve with evidence
        (words, a uid, a commit), expire with why.
        """
        if action != "list":
            return _settled(caller, action, uid, evidence, author, max_tokens)
        about = (statuses, domain, blocking_only)
        chosen = Selection(kinds=(Kind.FLAG,), statuses=tuple(map(Status, statuses)))
        listed = caller.call("list", Listing(selection=chosen)).memories
        flags = by_urgency(one for one in listed if concerns(one, domain))
        blocking = [one for one in flags if flag_of(one).blocking]
        wanted = blocking if blocking_only else flags
        shown, following = one_page(
            wanted,
            flag_item,
            lambda one: weight(one, flag_block(one)),
            about=about,
            cursor=next,
            max_tokens=max_tokens,
            limit=limit,
        )
        result = Flagged(flags=shown, total=len(wanted), blocking=len(blocking), next=following)
        note = QUOTED if shown else "No such flags."
        return answered(result, page(map(flag_block, shown), note, next_page=following))

    return make_tool(memory_flags, title="Flags", writes=True)


def _settled(
    caller: "Caller", action: FlagAction, uid: str, evidence: str, author: str, max_tokens: int
) -> CallToolResult:
    if not uid or not author:
        raise ToolError(f"memory_flags: to {action} a flag give its uid and the author.")
    because = {"resolve": "evidence", "expire": "reason"}.get(action)
    said = {because: evidence} if because else {}
    asked = request(Flag, action=action, uid=uid, author=agent_named(author), **said)
    settled = caller.call("flag", asked)
    shown = [flag_item(one, room_for(max_tokens)) for one in settled.flags]
    result = Flagged(
        flags=shown,
        total=len(shown),
        blocking=sum(one.blocking for one in shown),
        changed=settled.changed,
        said=line(settled.said),
        path=line(settled.path or ""),
        pending=line(settled.pending),
    )
    where = f"It is in {result.path}." if result.path else ""
    waits = f"Not in the project's files yet: {result.pending}" if result.pending else ""
    blocks = map(flag_block, shown)
    return answered(result, page([result.said, *blocks], QUOTED, where, waits, next_page=""))
