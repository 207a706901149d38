"""memory_verify: what no longer holds, or waits for somebody."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.arguments import MaxTokens, Modules, Next, request
from cli.mcp.budget import weight
from cli.mcp.items import citation, line, page
from cli.mcp.loop_values import Doubt, Verified
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models import verified as library
from memory.models.flags import flag_of
from memory.models.request import Verify
from memory.texts.formatting import day
from memory.views.memory_view import stale_words

if TYPE_CHECKING:
    from cli.calling import Caller

_WHY = 240  # bytes


def verify_tool(caller: "Caller") -> Tool:
    """The tool that looks again."""

    def memory_verify(
        modules: Modules = (),
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Verified]:
        """Look again at the code that memories name, and tell what is stale.

        Also review triggers that came true (each raises a flag), overdue flags, unfinished runs.
        """
        found = caller.call("verify", request(Verify, modules=modules))
        doubts = list(_doubts(found))
        shown, following = one_page(
            doubts,
            lambda one, _room: one,
            lambda one: weight(one, _told(one)),
            about=("verify", modules),
            cursor=next,
            max_tokens=max_tokens,
        )
        counts = ", ".join(f"{count} {verdict}" for verdict, count in sorted(found.counts.items()))
        looked_at = "; ".join(filter(None, [counts, *found.problems]))
        result = Verified(
            doubts=shown, total=len(doubts), looked_at=line(looked_at), next=following
        )
        quoted = fenced("\n".join(map(_told, shown)), {"kind": "doubts"}) if shown else ""
        head = f"Memories by what they name: {counts or 'none'}."
        head = " ".join([head, *(line(one, _WHY) for one in found.problems)])
        note = QUOTED if shown else "Nothing waits for anybody."
        return answered(result, page([head, quoted], note, next_page=following))

    return make_tool(memory_verify, title="Verify", writes=True)


def _doubts(found: library.Verified) -> Iterator[Doubt]:
    """What was found, flags that are overdue first, what no machine can watch last."""
    for one in found.overdue:
        yield Doubt(
            what="overdue flag",
            uid=one.memory.uid,
            title=line(one.memory.title),
            why=f"due {day(flag_of(one).due)}",
            citation=citation(one.memory),
        )
    for fired in found.fired:
        flag = f"; {fired.flag} tells of it" if fired.flag else ""
        why = line(f"{fired.trigger}: {fired.reason}{flag}", _WHY)
        yield Doubt(what="review trigger", uid=fired.uid, title=line(fired.title), why=why)
    for one in found.stale:
        yield Doubt(
            what="stale",
            uid=one.memory.uid,
            title=line(one.memory.title),
            why=line(stale_words(one.freshness), _WHY),
            citation=citation(one.memory),
        )
    for run in found.open_runs:
        why = f"begun {day(run.begun)} by {line(run.author, 60)}"
        yield Doubt(what="unfinished run", uid=run.uid, title=line(run.task), why=why)
    for left in found.unwatched:
        why = line(f"{left.trigger}: {left.reason}", _WHY)
        yield Doubt(what="unwatched trigger", uid=left.uid, title=line(left.title), why=why)


def _told(one: Doubt) -> str:
    where = f" ({one.citation})" if one.citation else ""
    return f"{one.what}: {one.uid} {one.title}{where}: {one.why}"
