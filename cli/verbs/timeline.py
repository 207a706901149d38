"""`archmem timeline`: how a module evolved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option, lens_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.answer import Event
    from memory.views.json_fields import Line

_FENCE = 80  # bytes


class TimelineVerb(Verb):
    """Tell how a module evolved."""

    name = "timeline"
    tool_place = 5

    def lines(self, asked: Any, response: "Sequence[Event]") -> "Iterator[Line]":
        from memory.views.json_fields import event_line

        return map(event_line, response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Event]"
    ) -> None:
        from cli.forms.screen import line

        if response:
            screen.table(
                ("Date", "Uid", "Event", "Title"),
                ((one.date, one.memory.uid, one.what, line(one.memory.title)) for one in response),
            )

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Sequence[Event]"
    ) -> None:
        if not response:
            screen.note(f"Nothing is known of a module {asked.module!r}.")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult
        from pydantic import Field

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import AsOf, Limit, MaxTokens, Next
        from cli.mcp.budget import next_after, offset_of, room_for, weight, within
        from cli.mcp.items import citation, lens_of, line, page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Happening, TimelineResult

        def _happening(event: "Event") -> Happening:
            memory = event.memory
            return Happening(
                date=event.date,
                event=event.what,
                uid=memory.uid,
                kind=memory.kind,
                title=line(memory.title),
                trust=memory.revision.trust,
                citation=citation(memory),
            )

        def _told(one: Happening) -> str:
            when = one.date or "undated"
            return f"{when} {one.event} {one.uid} {one.title} ({one.trust}, {one.citation})"

        def memory_timeline(
            module: Annotated[str, Field(min_length=1)],
            as_of: AsOf = "",
            newest_first: bool = False,
            limit: Limit = 40,
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, TimelineResult]:
            """Tell how a module evolved.

            What was decided, refactored, measured, flagged, learned and ended; oldest first,
            undated first. For each module that a change touches. Titles only.
            """
            about = (module, as_of, newest_first)
            start = offset_of(next, *about)
            events = caller.call("timeline", module=module, lens=lens_of(as_of))
            events = events[::-1] if newest_first else events
            ahead = [_happening(event) for event in events[start : start + limit]]
            shown = within(
                ahead, room_for(max_tokens) - _FENCE, lambda one: weight(one, _told(one))
            )
            end = start + len(shown)
            result = TimelineResult(
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


VERBS = (TimelineVerb(),)


@click.command()
@click.argument("module")
@lens_options
@json_option
@pass_workspace
def timeline(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Tell how a module evolved.

    Decisions, refactorings, baselines, flags, notes and lessons in order, the oldest first;
    what has no date comes before all others.

    \b
    Example:
        archmem timeline payments
    """
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
