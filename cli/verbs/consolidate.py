"""`archmem consolidate`: what could be merged, what contradicts, what has had its day."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.verb import LOADING, Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.runs import Application, Consolidated, Proposal
    from memory.views.json_fields import Line

_MEMORIES, _REASONS = 4, 3  # of a proposal
_REASON = 200  # bytes


class ConsolidateVerb(Verb):
    """Propose what could be tidied; apply what is named, or undo it."""

    name = "consolidate"
    by_meaning = True
    patience = LOADING
    writes = True
    takes_long = True
    tool_place = 16

    def lines(self, asked: Any, response: "Consolidated") -> "Iterator[Line]":
        for proposal in response.proposals:
            yield {"what": "proposal", **proposal.model_dump(mode="json")}
        for application in response.applications:
            said = application.model_dump(mode="json", exclude={"steps", "proposal"})
            steps = [step.model_dump(mode="json", exclude={"wanted"}) for step in application.steps]
            proposal_said = application.proposal.model_dump(mode="json")
            yield {
                "what": "application",
                **proposal_said,
                **said,
                "state": application.state,
                "steps": steps,
            }
        for outcome in response.outcomes:
            yield {"what": "outcome", **outcome.model_dump(mode="json")}

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Consolidated"
    ) -> None:
        from memory.texts.formatting import counted
        from memory.texts.safe_text import one_line

        for number, proposal in enumerate(response.proposals):
            if number:
                screen.line("")
            _print_proposal(screen, proposal)
        if response.proposals:
            count = counted(len(response.proposals), "proposal")
            how = "`archmem consolidate --apply ID` applies one"
            screen.note(f"{count}; nothing was changed. {how}.")
        for application in response.applications:
            screen.line(one_line(_applied(application)))
        for outcome in response.outcomes:
            screen.line(one_line(f"{outcome.id}: {outcome.said}"))

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "Consolidated"
    ) -> None:
        if response.note:
            screen.note(f"Note: {response.note}.")
        if asked.listing and not response.applications:
            screen.note("Nothing was ever applied.")
        elif not (asked.apply or asked.undo or asked.listing or response.proposals):
            screen.note("Nothing to tidy.")
        if any(not outcome.done for outcome in response.outcomes):
            screen.end_with(1)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import Field

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import MaxTokens, Next, agent_named
        from cli.mcp.budget import weight
        from cli.mcp.items import TITLE, line, page
        from cli.mcp.paging import one_page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Tidied, TidyItem
        from memory.models.runs import Application, Outcome, Proposal

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
            if sum(map(bool, (apply, undo, applied))) > 1:
                raise ToolError("memory_consolidate: apply, undo or applied, one at a time.")
            said = caller.call(
                "consolidate",
                apply=apply,
                undo=undo,
                listing=applied,
                author=agent_named(author) if author else None,
            )
            shown, following = one_page(
                [*said.outcomes, *said.applications, *said.proposals],
                lambda one, _room: _item(one),
                lambda one: weight(one, _told(one)),
                about=("consolidate", apply, undo, applied),
                cursor=next,
                max_tokens=max_tokens,
            )
            result = Tidied(items=shown, note=line(said.note), next=following)
            quoted = (
                fenced("\n".join(map(_told, shown)), {"kind": "consolidation"}) if shown else ""
            )
            nothing = "" if shown else "Nothing to consolidate."
            notes = [QUOTED if shown else nothing, result.note]
            return answered(result, page([quoted], *notes, next_page=following))

        return make_tool(memory_consolidate, title="Consolidate", writes=True)


def _print_proposal(screen: "Screen", proposal: "Proposal") -> None:
    from rich.text import Text

    from cli.forms.screen import indented, line

    head = Text.assemble((proposal.type, "bold"), " · ", (proposal.id, "dim"))
    screen.console.print(head)
    for uid, title in zip(proposal.uids, proposal.titles, strict=True):
        screen.console.print(indented(Text.assemble(line(f"“{title}” "), (uid, "dim")), 2))
    for reason in proposal.reasons:
        screen.console.print(indented(line(f"because {reason}"), 2))
    screen.console.print(indented(line(f"then {proposal.consequence}"), 2))


def _applied(application: "Application") -> str:
    from memory.texts.formatting import minute

    proposal = application.proposal
    moment = f"undone {minute(application.undone_at)}" if application.undone_at else ""
    parts = [
        proposal.id,
        proposal.type,
        ", ".join(proposal.uids),
        moment or application.state,
        f"applied {minute(application.applied_at)}",
    ]
    return " · ".join(parts)


VERBS = (ConsolidateVerb(),)


@click.command()
@click.option("--apply", multiple=True, metavar="ID", help="Apply a proposal, or all of them.")
@click.option("--undo", multiple=True, metavar="ID", help="Undo what was applied.")
@click.option("--list", "listing", is_flag=True, help="Tell what was applied.")
@click.option("--author", help="Who says so. [default: you, as git knows you]")
@json_option
@pass_workspace
def consolidate(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Propose what could be tidied, with reasons.

    Lessons and notes that say the same, patterns and antipatterns that contradict one another,
    flags long past due, and what its evidence or the codebase has left behind. Nothing is done
    without --apply, nothing is ever deleted, and each application can be undone.

    \b
    Examples:
        archmem consolidate
        archmem consolidate --apply con-k3f9x2ab
        archmem consolidate --undo con-k3f9x2ab
    """
    if sum(bool(request[name]) for name in ("apply", "undo", "listing")) > 1:
        raise click.UsageError("--apply, --undo or --list, one at a time.")
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
