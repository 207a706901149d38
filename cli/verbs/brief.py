"""`archmem brief`: what is known for a task, under a budget."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import lens_options
from cli.verb import LOADING, Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen


_HEADING = re.compile(r"#{1,3} ")
_DETAIL = re.compile(r" {2}[->] ")
_BLOCKING = "BLOCKING"


class BriefVerb(Verb):
    """Tell what is known for a task, under a budget."""

    name = "brief"
    by_meaning = True
    patience = LOADING
    tool_place = 1

    def print(
        self, screen: "Screen", form: OutputForm, memory: Any, asked: Any, response: Any
    ) -> None:
        for line in response.text.split("\n"):
            is_styled = asked.form == "md" and line
            screen.line(screen.styled(line, **_style(line)) if is_styled else line)
        if not response.complete:
            screen.note(f"Note: {response.reason}")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import Field

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import AsOf, Budget, Modules
        from cli.mcp.items import lens_of, line, page
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Briefed

        def memory_brief(
            task: str = "",
            modules: Modules = (),
            agents: Annotated[tuple[str, ...], Field(description="A slice each.")] = (),
            budget: Budget = 4000,
            everything: Annotated[
                bool, Field(description="All, not what is to the point.")
            ] = False,
            as_of: AsOf = "",
        ) -> Annotated[CallToolResult, Briefed]:
            """Begin here: what is known for a task, chosen to fit the budget.

            What governs, was tried, works, must not worsen, is open; at the end what was left out
            and modules of which nothing is known.
            """
            if not (task.strip() or everything):
                raise ToolError("task: say in plain words what is to be done, or set everything.")
            brief = caller.call(
                "brief",
                task=task,
                modules=modules,
                agents=agents,
                budget=budget,
                everything=everything,
                lens=lens_of(as_of),
            )
            result = Briefed(
                text=brief.text,
                tokens=brief.tokens,
                digest=brief.digest,
                served=len(brief.served),
                complete=brief.complete,
                reason=line(brief.reason),
            )
            notes = [QUOTED] if result.complete else [QUOTED, f"Not complete: {result.reason}"]
            quoted = fenced(result.text, {"kind": "brief", "digest": result.digest})
            return answered(result, page([quoted], *notes, next_page=""))

        return make_tool(memory_brief, title="Brief")


def _style(line: str) -> dict[str, bool | str]:
    """How a line looks on a terminal: headings and details are set apart."""
    if _HEADING.match(line):
        return {"bold": True}
    if _DETAIL.match(line):
        return {"dim": True}
    if line.startswith("INCOMPLETE") or _BLOCKING in line.partition("]")[0]:
        return {"fg": "yellow"}
    return {}


BRIEF = BriefVerb()
VERBS = (BRIEF,)


@click.command()
@click.argument("task", default="")
@click.option(
    "--modules", default="", metavar="A,B", help="It concerns these; else those it names."
)
@click.option(
    "--agent", "agents", multiple=True, metavar="NAME", help="Gets a slice; may be repeated."
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="TOKENS",
    help="Never more; 4,000 if not given, with --everything 100,000.",
)
@lens_options
@click.option("--everything", is_flag=True, help="All that is remembered, and what the code says.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help="Markdown, or the response of a coordinator as JSON.",
)
@pass_workspace
def brief(workspace: Workspace, /, *, modules: str, **request: Any) -> None:
    """Tell what is known for a task.

    What is open, what governs, what was tried, what works and what does not, what must not get
    worse, who knows what: chosen by what is worth most for its length, each with its source and
    how it stands. Flags that block come always. At its end stand how much is known of each
    module, and what did not fit, with the command that tells it.

    The same memory and the same task give the same text. With several agents there is a part for
    all and one for each.

    \b
    Examples:
        archmem brief "extract payments into a service" --modules payments,api
        archmem brief "rotate signing keys" --agent auth-agent --agent api-agent --budget 8000
        archmem brief --everything
    """
    if not request["task"].strip() and not request["everything"]:
        raise click.UsageError("Name a task, or say --everything.")
    named = [name for name in map(str.strip, modules.split(",")) if name]
    workspace.ask(BRIEF, request | {"modules": named})
