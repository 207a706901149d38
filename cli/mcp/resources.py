"""Resources: a memory, the decisions in force and the flags that are open, as quoted Markdown."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from cli.fencing import QUOTED, fenced
from cli.mcp.budget import room_for, within
from cli.mcp.failures import refusal
from cli.mcp.flagged import flag_block, flag_item
from cli.mcp.items import item_fields, page
from cli.mcp.values import Item
from cli.mcp.whole import block, whole
from memory.errors import AmbiguousUid, UnknownMemory
from memory.kinds.vocabulary import Kind, Status
from memory.models.flags import STILL_OPEN, by_urgency

if TYPE_CHECKING:
    from collections.abc import Callable

    from mcp.server.mcpserver import MCPServer

    from cli.calling import Caller

MAX_TOKENS = 8000  # of a resource
_MARKDOWN = "text/markdown"


def add_resources(server: MCPServer, caller: Caller) -> None:
    """Afterwards the server has all resources."""

    @server.resource("memory://decisions", title="Decisions in force", mime_type=_MARKDOWN)
    @_refusing
    def decisions_in_force() -> str:
        """Every decision that is in force, the latest first, by title.

        Behind them stand those of which no source states it, each called unstated.
        """
        listed = caller.call("list", selection={"kinds": (Kind.DECISION,)})
        items = [Item(**item_fields(one, {})) for one in listed if one.standing.in_force]
        lines = [
            f"- {f'{item.dated_by} {item.date}'.strip() or 'undated'} {item.uid} {item.title}"
            f" ({'unstated, ' if unstated else ''}{item.trust}, {item.citation})"
            for unstated in (False, True)
            for item in items
            if (item.status == Status.UNSTATED) is unstated
        ]
        shown = within(lines, room_for(MAX_TOKENS), _bytes)
        quoted = fenced("\n".join(shown), {"kind": "decisions"}) if shown else "None."
        return page(["# Decisions in force", quoted, _left_out(lines, shown)], next_page="")

    @server.resource("memory://flags/pending", title="Flags still open", mime_type=_MARKDOWN)
    @_refusing
    def pending_flags() -> str:
        """Flags that are open or acknowledged, what blocks first."""
        wanted = {"kinds": (Kind.FLAG,), "statuses": STILL_OPEN}
        listed = caller.call("list", selection=wanted)
        room = room_for(MAX_TOKENS)
        blocks = [flag_block(flag_item(one, room)) for one in by_urgency(listed)]
        shown = within(blocks, room, _bytes)
        return page(
            ["# Flags still open", *(shown or ["None."]), _left_out(blocks, shown)], next_page=""
        )

    @server.resource("memory://{uid}", title="One memory", mime_type=_MARKDOWN)
    @_refusing
    def one_memory(uid: str) -> str:
        """A memory with all that is known of it; memory_get has the rest of a long text."""
        shown = caller.call("show", uid=uid)
        result = whole(shown, None, asked=(shown.memory.uid, ""), cursor="", max_tokens=MAX_TOKENS)
        return block(result)


def _refusing(read: Callable[..., str]) -> Callable[..., str]:
    """What is refused is one clear line; what is broken is left to the server to log."""

    @wraps(read)
    def refusing(**arguments: str) -> str:
        try:
            return read(**arguments)
        except Exception as error:
            line = refusal(error)
            if line is None:
                raise
            missing = isinstance(error, UnknownMemory | AmbiguousUid)
            raise (ResourceNotFoundError if missing else ResourceError)(line) from error

    return refusing


def _bytes(text: str) -> int:
    return len(text.encode()) + 1


def _left_out(all_of_them: list[str], shown: list[str]) -> str:
    if not shown:
        return ""
    missing = len(all_of_them) - len(shown)
    more = f" {missing} more are left out here; memory_search finds them." if missing else ""
    return QUOTED + more
