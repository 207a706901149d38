"""`archmem learn`: lessons from what came of a run."""

from typing import TYPE_CHECKING, Annotated, Any, TextIO

import click

from cli.form import OutputForm
from cli.options import json_option
from cli.recording.results import result_from, result_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models import runs as library

_MAX_TOKENS = 2000  # one result teaches a few lessons


LEARNED_FIELDS = {
    "run": "uid of the run that was learned from",
    "is_new": "false if that was done before",
    "lessons": "what each lesson got out of it: uid, title, form, what (added, supported or "
    "contradicted), because, path, problem",
    "kept": "fields of a result given to it that are kept as they are, for nobody knows them",
    "complete": "whether texts could be compared by meaning",
    "reason": "why not",
    "withheld": "what was left out of a result given to it: what looks like a credential",
}


class LearnVerb(Verb):
    """Turn what came of a run into lessons, or into evidence for and against known ones."""

    name = "learn"
    by_meaning = True
    writes = True
    takes_long = True
    tool_place = 13

    def show(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Learned"
    ) -> None:
        from cli.printing.runs import print_learned

        print_learned(screen, response)

    def remark(
        self, screen: "Screen", form: OutputForm, asked: Any, response: "library.Learned"
    ) -> None:
        screen.problems(response.withheld)

    def tool(self, caller: "Caller") -> "Tool":
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import JsonValue

        from cli.mcp.arguments import Author, agent_named
        from cli.mcp.items import line, page
        from cli.mcp.run_results import lesson_items, told_lessons
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import LearnResult

        def memory_learn(
            author: Author,
            result: dict[str, JsonValue] = {},  # noqa: B006
            uid: str = "",
        ) -> Annotated[CallToolResult, LearnResult]:
            """Turn a result (as of memory_run), or of a finished run, into lessons or evidence."""
            if bool(uid) == bool(result):
                raise ToolError("memory_learn: give a result, or the uid of a finished run.")
            learned = caller.call("learn", learned_from=uid or result, author=agent_named(author))
            lessons, more = lesson_items(learned.lessons, _MAX_TOKENS)
            said = LearnResult(
                run=learned.run,
                is_new=learned.is_new,
                lessons=lessons,
                more=more,
                complete=learned.complete,
                reason=line(learned.reason),
            )
            head = f"From {said.run}{'' if said.is_new else ', as learned before'}:"
            note = "" if said.complete else f"Not complete: {said.reason}"
            if learned.kept:
                names = line(", ".join(learned.kept))
                note = f"Kept as they are, being no fields of a result: {names}. {note}".strip()
            return answered(said, page([head, told_lessons(lessons, more)], note, next_page=""))

        return make_tool(memory_learn, title="Learn", writes=True)


VERBS = (LearnVerb(),)


@click.command()
@click.argument("uid", required=False)
@result_options
@click.option("--author", help='Who says so, such as "agent:payments". [default: you]')
@json_option
@pass_workspace
def learn(
    workspace: Workspace,
    /,
    *,
    uid: str | None,
    source: TextIO | None,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Turn what came of a run into lessons.

    An approach that worked becomes a pattern, one that failed an antipattern, what it taught
    best practices. Where that is known already, the run counts as evidence for it, and against
    what it contradicts. Name a finished run, or give the result of something that no run was
    opened for, as `archmem run finish` takes it. Doing it twice changes nothing.

    \b
    Examples:
        archmem learn run-k3f9x2ab
        echo '{"success": false, "approach": "Retry at once", "issues": ["..."]}' | \\
            archmem learn --from -
    """
    result = (
        result_from(source, options) if source or any(map(_is_said, options.values())) else None
    )
    if (uid is None) == (result is None):
        raise click.UsageError("Name a run, or give a result.")
    workspace.ask(
        VERBS[0], {"learned_from": uid or result, "author": author}, OutputForm(json=as_json)
    )


def _is_said(value: Any) -> bool:
    return value not in (None, ())
