"""memory_timeline: how a module evolved."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.mcp.arguments import AsOf, Limit, MaxTokens, Next
from cli.mcp.budget import next_after, offset_of, room_for, weight, within
from cli.mcp.items import citation, lens_of, line, page
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Happening, History
from cli.quoting import QUOTED, fenced
from memory.models.answer import Event
from memory.models.request import Timeline
from memory.texts.formatting import day

if TYPE_CHECKING:
    from cli.calling import Caller

_FENCE = 80  # bytes


def timeline_tool(caller: "Caller") -> Tool:
    """The tool that tells how a module evolved."""

    def memory_timeline(
        module: Annotated[str, Field(min_length=1)],
        as_of: AsOf = "",
        newest_first: bool = False,
        limit: Limit = 40,
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, History]:
        """Tell how a module evolved.

        What was decided, refactored, measured, flagged, learned and ended; oldest first, undated
        first. For each module that a change touches. Titles only.
        """
        about = (module, as_of, newest_first)
        start = offset_of(next, *about)
        story = caller.call("timeline", Timeline(module=module, lens=lens_of(as_of)))
        events = story.events[::-1] if newest_first else story.events
        ahead = [_happening(event) for event in events[start : start + limit]]
        shown = within(ahead, room_for(max_tokens) - _FENCE, lambda one: weight(one, _told(one)))
        end = start + len(shown)
        result = History(
            module=line(module),
            events=shown,
            total=len(events),
            next=next_after(end, *about) if end < len(events) else "",
        )
        if not events:
            text = f"Nothing is recorded of a module {result.module!r}."
        else:
            text = fenced("\n".join(map(_told, shown)), {"module": result.module})
        note = QUOTED if shown else ""
        return answered(result, page([text], note, next_page=result.next))

    return make_tool(memory_timeline, title="Module timeline")


def _happening(event: Event) -> Happening:
    memory = event.memory
    return Happening(
        date=day(event.at),
        event=event.what,
        uid=memory.uid,
        kind=memory.kind,
        title=line(memory.title),
        trust=memory.revision.source.trust,
        citation=citation(memory),
    )


def _told(one: Happening) -> str:
    when = one.date or "undated"
    return f"{when} {one.event} {one.uid} {one.title} ({one.trust}, {one.citation})"
