"""`archmem show` and `archmem history`: one memory, whole, and all its versions."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option, lens_options, uid_argument
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.answer import RevisionHistory, Shown
    from memory.views.json_fields import Line


class ShowVerb(Verb):
    """Tell all that is known of a memory."""

    name = "show"
    tool_place = 4

    def lines(self, asked: Any, response: "Shown") -> "Iterator[Line]":
        from memory.views.json_fields import shown_line

        yield shown_line(response)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Shown") -> None:
        from cli.forms.terminal import print_page

        print_page(screen.console, response)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.mcp.arguments import AsOf, MaxTokens, Next, Uid
        from cli.mcp.items import lens_of
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Whole
        from cli.mcp.whole import block, whole

        def memory_get(
            uid: Uid,
            as_of: AsOf = "",
            history: bool = False,
            max_tokens: MaxTokens = 4000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, Whole]:
            """Read one memory in full.

            Text, details, links, standing. A long text comes in pages; links and history with the
            first.
            """
            shown = caller.call("show", uid=uid, lens=lens_of(as_of))
            told = caller.call("history", uid=shown.memory.uid) if history else None
            result = whole(shown, told, asked=(uid, as_of), cursor=next, max_tokens=max_tokens)
            return answered(result, block(result))

        return make_tool(memory_get, title="Read a memory")


class HistoryVerb(Verb):
    """Tell every revision of a memory."""

    name = "history"

    def lines(self, asked: Any, response: "RevisionHistory") -> "Iterator[Line]":
        from memory.views.json_fields import revision_lines

        return revision_lines(response)

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "RevisionHistory"
    ) -> None:
        from cli.printing.revisions import print_revisions

        print_revisions(screen.console, response)


VERBS = (ShowVerb(), HistoryVerb())


@click.command()
@uid_argument
@lens_options
@json_option
@pass_workspace
def show(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Print all that is known of one memory.

    The beginning of a uid is enough where it fits one memory only.

    \b
    Examples:
        archmem show dec-k3f9x2ab
        archmem show dec-k3f --as-of 2024-06-30
    """
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))


@click.command()
@uid_argument
@json_option
@pass_workspace
def history(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Tell how a memory came to say this.

    Every revision, the first one first, with what changed from one to the next.

    \b
    Example:
        archmem history dec-k3f9x2ab
    """
    workspace.ask(VERBS[1], request, OutputForm(json=as_json))
