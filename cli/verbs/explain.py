"""`archmem explain`: why a memory stands as it does."""

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
    from memory.models import answer as library
    from memory.views.json_fields import Line

_REASON = 400  # bytes


EXPLAINED_FIELDS = {
    "reasons": "why it stands as it does, a line for each step",
    "rank": "of a lesson: candidate, practice or retired; null for other memories",
    "prior": "of a lesson: alpha and beta before any evidence; null likewise",
    "alpha": "of the Beta posterior; null likewise",
    "beta": "likewise",
    "mean": "of the posterior, 0 to 1; null likewise",
    "lower": "its 5 % quantile, 0 to 1; null likewise",
    "count": "weight of all evidence; null likewise",
    "least_trust": "the least trust of a lesson's sources; null likewise",
    "evidence": "of a lesson, oldest first: origin, kind, speaks_for, weight, words, at",
    "ancestors": "what a lesson was learned from: uid, title, kind, trust, how, of",
    "premises": "baselines it rests on that have moved",
    "freshness": "what became of the places it names; null where nobody has looked",
}
_INDENT = 2
_STYLES = {"for": "green", "against": "red", "rank": "bold"}


class ExplainVerb(Verb):
    """Say why a memory stands as it does."""

    name = "explain"
    tool_place = 9

    def lines(self, asked: Any, response: "library.Explained") -> "Iterator[Line]":
        from memory.lessons.confidence import PRIOR
        from memory.views.json_fields import memory_line

        known = response.confidence
        said = known.model_dump(mode="json") if known else {}
        numbers = {
            name: said.get(name) for name in ("rank", "alpha", "beta", "mean", "lower", "count")
        }
        yield memory_line(response) | {
            "reasons": response.reasons,
            **numbers,
            "prior": {"alpha": PRIOR.alpha, "beta": PRIOR.beta} if known else None,
            "least_trust": said.get("trust"),
            "evidence": said.get("evidence", []),
            "ancestors": [one.model_dump(mode="json") for one in response.ancestors],
            "premises": [one.model_dump(mode="json") for one in response.premises],
            "freshness": response.freshness.model_dump(mode="json") if response.freshness else None,
        }

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Explained"
    ) -> None:
        from cli.forms.screen import facts_grid, indented, line
        from cli.forms.terminal import print_head

        print_head(screen.console, response)
        screen.console.print()
        rows = (reason.partition(": ") for reason in response.reasons)
        grid = facts_grid((what, line(words, _STYLES.get(what, ""))) for what, _, words in rows)
        screen.console.print(indented(grid, _INDENT))

    def tool(self, caller: "Caller") -> "Tool":
        from mcp_types import CallToolResult

        from cli.fencing import QUOTED
        from cli.mcp.arguments import AsOf, MaxTokens, Uid
        from cli.mcp.budget import room_for, weight, within
        from cli.mcp.items import fence, item_fields, lens_of, line, page, with_rest
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Explanation
        from memory.texts.shortening import json_bytes

        def memory_explain(
            uid: Uid,
            as_of: AsOf = "",
            max_tokens: MaxTokens = 1500,
        ) -> Annotated[CallToolResult, Explanation]:
            """Say why a memory stands as it does.

            Of a lesson its evidence and the arithmetic; of any what replaced it, what moved or
            changed.
            """
            said = caller.call("explain", uid=uid, lens=lens_of(as_of))
            fields = item_fields(said, said.titles)
            empty = Explanation(**fields, reasons=[])
            reasons = [line(reason, _REASON) for reason in said.reasons]
            ancestors = [
                line(f"{one.how.replace('_', ' ')} {one.uid} {one.title} ({one.trust})")
                for one in said.ancestors
            ]
            left = (room_for(max_tokens) - weight(empty, fence(empty, ""))) // 4
            shown = within(reasons, 3 * left, json_bytes, at_least=1)
            near = within(ancestors, left, json_bytes, at_least=0)
            result = Explanation(
                **fields,
                reasons=with_rest(shown, len(reasons)),
                ancestors=with_rest(near, len(ancestors)),
            )
            text = "\n".join([*result.reasons, *result.ancestors])
            return answered(result, page([fence(result, text)], QUOTED, next_page=""))

        return make_tool(memory_explain, title="Explain standing")


VERBS = (ExplainVerb(),)


@click.command()
@uid_argument
@lens_options
@json_option
@pass_workspace
def explain(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """Say why a memory stands as it does.

    Of a lesson all that speaks for it and against it, and the arithmetic that makes it a
    candidate, a practice or retired. Of any memory its standing, the premises that have moved
    and the code that has changed. Asking changes nothing.

    \b
    Examples:
        archmem explain les-k3f9x2ab
        archmem explain dec-k3f --as-of 2024-06-30
    """
    workspace.ask(VERBS[0], request, OutputForm(json=as_json))
