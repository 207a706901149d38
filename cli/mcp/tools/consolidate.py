"""memory_consolidate: what could be tidied, applied and undone by name."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field

from cli.mcp.arguments import MaxTokens, Next, agent_named, request
from cli.mcp.budget import weight
from cli.mcp.items import TITLE, line, page
from cli.mcp.loop_values import Tidied, TidyItem
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models.consolidation import Application, Outcome, Proposal
from memory.models.request import Consolidate

if TYPE_CHECKING:
    from cli.calling import Caller

_MEMORIES, _REASONS = 4, 3  # of a proposal
_REASON = 200  # bytes


def consolidate_tool(caller: "Caller") -> Tool:
    """The tool that tidies."""

    def memory_consolidate(
        apply: Annotated[tuple[str, ...], Field(description="Ids, each read before.")] = (),
        undo: tuple[str, ...] = (),
        applied: bool = False,
        author: str = "",
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Tidied]:
        """Propose merges, contradictions and retirements, with reasons.

        Nothing happens without apply; undo takes it back; applied lists what was.
        """
        if (apply or undo) and not author:
            raise ToolError("memory_consolidate: to apply or undo, say who you are: author.")
        asked = request(
            Consolidate,
            apply=apply,
            undo=undo,
            listing=applied,
            author=agent_named(author) if author else None,
        )
        said = caller.call("consolidate", asked)
        shown, following = one_page(
            [*said.outcomes, *said.applications, *said.proposals],
            lambda one, _room: _item(one),
            lambda one: weight(one, _told(one)),
            about=("consolidate", apply, undo, applied),
            cursor=next,
            max_tokens=max_tokens,
        )
        result = Tidied(items=shown, note=line(said.note), next=following)
        quoted = fenced("\n".join(map(_told, shown)), {"kind": "consolidation"}) if shown else ""
        nothing = "" if shown else "Nothing to consolidate."
        notes = [QUOTED if shown else nothing, result.note]
        return answered(result, page([quoted], *notes, next_page=following))

    return make_tool(memory_consolidate, title="Consolidate", writes=True)


def _item(one: Proposal | Application | Outcome) -> TidyItem:
    if isinstance(one, Outcome):
        state = "done" if one.done else "not done"
        return TidyItem(id=line(one.id), state=state, consequence=line(one.said, _REASON))
    proposal = one if isinstance(one, Proposal) else one.proposal
    return TidyItem(
        id=line(proposal.id),
        state="proposed" if isinstance(one, Proposal) else one.state,
        type=proposal.type,
        memories=[
            line(f"{uid} {title}", TITLE)
            for uid, title in zip(proposal.uids, proposal.titles, strict=True)
        ][:_MEMORIES],
        reasons=[line(reason, _REASON) for reason in proposal.reasons[:_REASONS]],
        consequence=line(proposal.consequence, _REASON),
    )


def _told(one: TidyItem) -> str:
    lines = [f"{one.id} {one.state} {one.type}".rstrip() + f": {one.consequence}"]
    lines += [f"   {each}" for each in (*one.memories, *one.reasons)]
    return "\n".join(lines)
