"""`archmem tried`: what was tried before, and what came of it."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option, lens_options, limit_option
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models import answer as library
    from memory.views.json_fields import Line

_MOST = 10  # on a page, of which the size has the last word


class TriedVerb(Verb):
    """Find what was tried before, and what came of it."""

    name = "tried"
    listed = "attempts"
    nothing = "Nothing like that was tried, as far as is known."
    by_meaning = True
    tool_place = 7

    def lines(self, asked: Any, response: "library.Tried") -> "Iterator[Line]":
        from memory.views.json_fields import attempt_line

        return (attempt_line(rank, one) for rank, one in enumerate(response.attempts, start=1))

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Tried"
    ) -> None:
        from cli.printing.attempts import print_attempt

        for rank, attempt in enumerate(response.attempts, start=1):
            if rank > 1:
                screen.line("")
            print_attempt(screen.console, rank, attempt)

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Tried"
    ) -> None:
        super().remark(screen, form, asked, response)
        if not response.knows_history:
            screen.note("Only what people recorded: `archmem index --history` reads git, too.")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult
        from pydantic import Field

        from cli.mcp.arguments import AsOf, MaxTokens, Modules, Next
        from cli.mcp.hits import found
        from cli.mcp.items import lens_of
        from cli.mcp.tool import make_tool
        from cli.mcp.values import SearchResult
        from memory.models.answer import Answer

        def memory_tried(
            question: Annotated[str, Field(min_length=1)],
            modules: Modules = (),
            as_of: AsOf = "",
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, SearchResult]:
            """Find earlier attempts at what you plan, recorded or from git, reverted ones too.

            outcome says what came of each: its effect, or why it was reverted.
            """
            lens = lens_of(as_of)

            def ask(wanted: int) -> Answer:
                tried = caller.call(
                    "tried", question=question, modules=modules, limit=wanted, lens=lens
                )
                return Answer(
                    question=tried.question,
                    hits=tried.attempts,
                    titles=tried.titles,
                    complete=tried.complete,
                    reason=tried.reason,
                )

            about = ("tried", question, modules, as_of)
            return found(ask, about=about, limit=_MOST, max_tokens=max_tokens, cursor=next)

        return make_tool(memory_tried, title="Earlier attempts")


VERBS = (TriedVerb(),)


@click.command()
@click.argument("question", metavar="PLAN")
@click.option(
    "--module", "modules", multiple=True, help="Only what touched this module; may be repeated."
)
@limit_option(default=5, help="At most so many.")
@lens_options
@json_option
@pass_workspace
def tried(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Tell what was tried, and what came of it.

    What comes nearest to a plan, refactorings that people recorded and what git tells of once
    `archmem index --history` was run: refactorings, and whatever was reverted. When it was, in
    which commits, what effect was measured, whether and why it was taken back.

    \b
    Example:
        archmem tried "split payments out of api"
    """
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
