"""`archmem search` and `archmem related`: hits for a question, or for what surrounds a memory."""

from typing import TYPE_CHECKING, Annotated, Any

import click

from cli.form import OutputForm
from cli.options import json_option, limit_option, selection_options, uid_argument
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.answer import Answer
    from memory.views.json_fields import Line


UNKNOWN = "Nothing here is known to answer this."
_NEAREST = 3  # hits that are printed where none is known to answer: more would hide that none is


class SearchVerb(Verb):
    """Find what answers a question."""

    name = "search"
    listed = "hits"
    nothing = "Nothing found."
    by_meaning = True
    tool_place = 3

    def lines(self, asked: Any, response: "Answer") -> "Iterator[Line]":
        from memory.views.json_fields import answer_lines

        return answer_lines(response)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Answer") -> None:
        from cli.forms.terminal import print_hit
        from memory.texts.words import content_words

        if not response.known:
            screen.line(f"{UNKNOWN} What comes nearest:\n")
        words = content_words(getattr(asked, "question", ""))
        shown = response.hits if response.known else response.hits[:_NEAREST]
        for rank, hit in enumerate(shown, start=1):
            if rank > 1:
                screen.line("")
            print_hit(screen.console, rank, hit, words, response.titles, explain=form.explain)
        if left := len(response.hits) - len(shown):
            screen.line(f"\nand {left} farther from it; --json has all")

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult
        from pydantic import Field

        from cli.mcp.arguments import AsOf, Kinds, Limit, MaxTokens, Modules, Next, Statuses
        from cli.mcp.hits import found
        from cli.mcp.items import lens_of
        from cli.mcp.tool import make_tool
        from cli.mcp.values import SearchResult

        def memory_search(
            question: Annotated[
                str, Field(min_length=1, description="In plain words; name modules.")
            ],
            kinds: Kinds = (),
            modules: Modules = (),
            statuses: Statuses = (),
            as_of: AsOf = "",
            limit: Limit = 8,
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, SearchResult]:
            """Find what was decided, tried, measured, flagged or learned.

            Act on in_force only, else follow replaced_by. known false: nothing here is known to
            answer, the hits only come nearest. Passages are excerpts: memory_get what you rely
            on; cite uid and citation.
            """
            selection = {
                "kinds": kinds,
                "modules": modules,
                "statuses": statuses,
                "lens": lens_of(as_of),
            }
            return found(
                lambda wanted: caller.call(
                    "search", question=question, selection=selection, limit=wanted
                ),
                about=(question, kinds, modules, statuses, as_of),
                limit=limit,
                max_tokens=max_tokens,
                cursor=next,
            )

        return make_tool(memory_search, title="Search memories")


class RelatedVerb(SearchVerb):
    """Find what has to do with a memory."""

    name = "related"
    by_meaning = False
    tool_place = 6

    def lines(self, asked: Any, response: "Answer") -> "Iterator[Line]":
        from memory.views.json_fields import hit_line

        return (hit_line(rank, hit) for rank, hit in enumerate(response.hits, start=1))

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.mcp.arguments import Limit, MaxTokens, Next, Uid
        from cli.mcp.hits import found
        from cli.mcp.tool import make_tool
        from cli.mcp.values import SearchResult

        def memory_related(
            uid: Uid,
            limit: Limit = 8,
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, SearchResult]:
            """Find what a memory is linked to (why says how), then what is about the same.

            Call it before you change or replace a decision.
            """
            return found(
                lambda wanted: caller.call("related", uid=uid, limit=wanted),
                about=(uid,),
                limit=limit,
                max_tokens=max_tokens,
                cursor=next,
            )

        return make_tool(memory_related, title="Related memories")


SEARCH, RELATED = VERBS = SearchVerb(), RelatedVerb()
explain_option = click.option("--explain", is_flag=True, help="Show each signal's share.")


@click.command()
@click.argument("question")
@selection_options
@limit_option(default=10, help="At most so many hits.")
@click.option("--all-projects", is_flag=True, help="In the memories of all your projects.")
@explain_option
@json_option
@pass_workspace
def search(
    workspace: Workspace, /, *, all_projects: bool, explain: bool, as_json: bool, **request: Any
) -> None:
    """Find what answers a question.

    What is in force comes before what it replaced. A score is how likely a hit is the answer;
    where none is likely, it is said first that nothing is known. Filters may be repeated;
    several values of one filter mean any of them. Only the memory of this project is asked,
    unless --all-projects is said.

    \b
    Examples:
        archmem search "how are webhooks retried?"
        archmem search "session storage" --kind decision --as-of 2024-06-30
    """
    verb = "search-everywhere" if all_projects else SEARCH
    workspace.ask(verb, request, OutputForm(json=as_json, explain=explain))


@click.command()
@uid_argument
@limit_option(default=10, help="At most so many memories.")
@explain_option
@json_option
@pass_workspace
def related(workspace: Workspace, /, *, explain: bool, as_json: bool, **request: Any) -> None:
    """Find what has to do with a memory.

    What it is linked to comes first, then what is about the same. The beginning of a uid is
    enough where it fits one memory only.

    \b
    Example:
        archmem related dec-k3f9x2ab --limit 5
    """
    workspace.ask(RELATED, request, OutputForm(json=as_json, explain=explain))
