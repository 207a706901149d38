"""`archmem run`: coordination runs, from the brief that is served to what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TextIO, TypeAlias

import click

from cli.form import OutputForm
from cli.lazy import OrderedGroup
from cli.options import json_option, lens_options
from cli.recording.results import result_from, result_options
from cli.verb import Verb
from cli.workspace import Workspace, pass_workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller
    from cli.forms.screen import Screen
    from memory.models.runs import Begun, Finished, Runs
    from memory.views.json_fields import Line


_RESULT = (
    "success? (required) approach situation metrics issues[] alternative lessons[] helped[] "
    "misled[] (uids) commits[]"
)
RUN_FIELDS = {
    "uid": "names the run for good",
    "task": "what is or was to be done",
    "status": "open if it was never finished, else done or failed",
    "begun": "when, ISO 8601 in UTC",
    "finished": "when; null if it never was",
    "learned": "whether lessons were drawn from it",
    "modules": "modules that it is about",
    "author": "who told of it last",
}
BEGUN_FIELDS = {
    "uid": "of the run",
    "brief": "what is known for its task, in Markdown; empty if none was wanted",
    "digest": "of the brief, as the run keeps it",
    "tokens": "how many the brief takes at most",
    "reason": "why the brief is not complete",
    "plan": "of which it does a step; empty if of none",
    "step": "the number of that step",
    "beside": "what speaks against doing that step now",
    "withheld": "what was left out of its task: what looks like a credential",
}
FINISHED_FIELDS = {
    "uid": "of the run",
    "status": "done or failed",
    "is_new": "false if the same was told before",
    "kept": "fields of the result that are kept as they are, for nobody knows them",
    "findings": "of an audit, since the run began: `fixed` and `began`, each with its id",
    "learned": "what was learned, as `archmem learn --json` has it; null with --no-learn",
    "withheld": "what was left out of it: what looks like a credential",
}


class RunStartVerb(Verb):
    """Open a run, and say what is known for it."""

    name = "run_start"
    by_meaning = True
    writes = True

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Begun") -> None:
        from cli.printing.runs import print_begun

        print_begun(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Begun") -> None:
        screen.problems(response.withheld)


class RunFinishVerb(Verb):
    """Keep what came of a run, and learn from it."""

    name = "run_finish"
    by_meaning = True
    writes = True
    takes_long = True
    tool_place = 11

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Finished") -> None:
        from cli.printing.runs import print_finished

        print_finished(screen, response)

    def remark(self, screen: "Screen", form: OutputForm, asked: Any, response: "Finished") -> None:
        screen.problems(response.withheld)

    def tool(self, caller: "Caller") -> "Tool":  # noqa: C901  (one function for each action)
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp_types import CallToolResult
        from pydantic import Field, JsonValue

        from cli.fencing import QUOTED, fenced
        from cli.mcp.arguments import (
            Author,
            Budget,
            Expected,
            MaxTokens,
            Modules,
            Next,
            agent_named,
        )
        from cli.mcp.budget import weight
        from cli.mcp.items import line, names, page
        from cli.mcp.paging import one_page
        from cli.mcp.run_results import lesson_items, told_lessons
        from cli.mcp.tool import answered, make_tool
        from cli.mcp.values import Ran, RunItem
        from memory.models.runs import RunLine
        from memory.texts.formatting import day

        Action: TypeAlias = Literal["start", "finish", "list"]

        def _started(author: str, task: str, plan: str, step: int, **said: Any) -> CallToolResult:
            if not (task.strip() or plan):
                raise ToolError("memory_run: start needs a task, or a plan and a step.")
            begun = caller.call(
                "run_start",
                task=task,
                plan=plan,
                step=step or None,
                author=agent_named(author),
                **said,
            )
            result = Ran(
                uid=begun.uid,
                status="open",
                brief=begun.brief,
                digest=begun.digest,
                reason=line(begun.reason),
                beside=names(begun.beside),
            )
            beside = f" Mind: {'; '.join(result.beside)}." if result.beside else ""
            note = f"Not complete: {result.reason}" if result.reason else ""
            quoted = fenced(result.brief, {"kind": "brief", "run": result.uid})
            head = f"Run {result.uid} is open; finish it with its uid.{beside}"
            return answered(result, page([head, quoted], QUOTED, note, next_page=""))

        def _finished(
            author: str, uid: str, said: dict[str, JsonValue], expected: int, max_tokens: int
        ) -> CallToolResult:
            if not uid or not said:
                raise ToolError("memory_run: finish needs the uid of a run and a result.")
            finished = caller.call(
                "run_finish",
                uid=uid,
                result=said,
                expected=expected or None,
                author=agent_named(author),
            )
            learned = finished.learned
            lessons, more = lesson_items(learned.lessons if learned else (), max_tokens)
            result = Ran(
                uid=finished.uid,
                status=finished.status,
                is_new=finished.is_new,
                unknown_fields=names(finished.kept),
                lessons=lessons,
                more=more,
                reason=line(learned.reason if learned else ""),
            )
            known = "" if finished.is_new else " It was finished so before."
            head = f"Run {result.uid} is finished: {result.status}.{known}"
            for what, findings in (
                ("fixed", finished.findings.fixed),
                ("new", finished.findings.began),
            ):
                if findings:
                    head += f" Findings {what} since it began: {line('; '.join(findings))}."
            return answered(result, page([head, told_lessons(lessons, more)], next_page=""))

        def _listed(max_tokens: int, cursor: str) -> CallToolResult:
            runs = caller.call("run_list").runs
            shown, following = one_page(
                runs,
                lambda one, _room: _item(one),
                lambda one: weight(one, _told(one)),
                about=("runs",),
                cursor=cursor,
                max_tokens=max_tokens,
            )
            result = Ran(runs=shown, next=following)
            text = fenced("\n".join(map(_told, shown)), {"kind": "runs"}) if shown else "No runs."
            return answered(result, page([text], QUOTED if shown else "", next_page=following))

        def _item(run: RunLine) -> RunItem:
            return RunItem(
                uid=run.uid,
                task=line(run.task),
                status=run.status,
                begun=day(run.begun),
                finished=day(run.finished),
                learned=run.learned,
                modules=names(run.modules),
                author=line(run.author, 60),
            )

        def _told(run: RunItem) -> str:
            until = f" to {run.finished}" if run.finished else ""
            return f"{run.begun}{until} {run.status} {run.uid} {run.task} ({run.author})"

        def memory_run(
            action: Action,
            author: Author,
            task: str = "",
            modules: Modules = (),
            agents: tuple[str, ...] = (),
            budget: Budget = 4000,
            plan: str = "",
            step: int = 0,
            uid: str = "",
            result: Annotated[dict[str, JsonValue], Field(description=_RESULT)] = {},  # noqa: B006
            expected: Expected = 0,
            max_tokens: MaxTokens = 2000,
            next: Next = "",  # noqa: A002
        ) -> Annotated[CallToolResult, Ran]:
            """Open a run for a task, get its brief; finish it with what came of it.

            start, for a task or the step of a plan, gives uid and brief; finish turns the result
            into lessons.
            """
            if action == "start":
                said = {"modules": modules, "agents": agents, "budget": budget}
                return _started(author, task, plan, step, **said)
            if action == "finish":
                return _finished(author, uid, result, expected, max_tokens)
            return _listed(max_tokens, next)

        return make_tool(memory_run, title="Runs", writes=True, repeatable=False)


class RunListVerb(Verb):
    """List all runs, those that were never finished first."""

    name = "run_list"
    listed = "runs"
    nothing = "There are no runs; `archmem run start --task TEXT` opens one."

    def lines(self, asked: Any, response: "Runs") -> "Iterator[Line]":
        return (run.model_dump(mode="json") for run in response.runs)

    def show(self, screen: "Screen", form: OutputForm, asked: Any, response: "Runs") -> None:
        from cli.printing.runs import print_runs

        if response.runs:
            print_runs(screen, response.runs)


START, FINISH, LIST = VERBS = RunStartVerb(), RunFinishVerb(), RunListVerb()


_author = click.option(
    "--author", help='Who says so, such as "agent:payments". [default: you, as git knows you]'
)


@click.group(cls=OrderedGroup)
def run() -> None:
    """Open a run, tell what came of it, list runs.

    A run is one coordination: a task, the brief that was served for it, and what came of it.
    What came of it becomes lessons; those decide what later briefs say.

    \b
    Examples:
        archmem run start --task "Split payments out of api" --modules payments,api
        archmem run finish run-k3f9x2ab --success --approach "Strangler fig, route by route"
        archmem run list
    """


@run.command()
@click.option("--task", default="", metavar="TEXT", help="What is to be done.")
@click.option("--plan", default="", metavar="UID", help="A plan of which it does a step.")
@click.option("--step", type=click.IntRange(min=1), metavar="N", help="The number of that step.")
@click.option(
    "--modules",
    "--module",
    multiple=True,
    metavar="NAMES",
    help="Modules that it is about, with commas between. May be repeated.",
)
@click.option(
    "--agent", "agents", multiple=True, metavar="NAME", help="An agent who will do it. Likewise."
)
@click.option("--budget", type=click.IntRange(min=1), metavar="TOKENS", help="Of the brief.")
@click.option("--no-brief", is_flag=True, help="Open it without a brief.")
@_author
@json_option
@pass_workspace
def start(
    workspace: Workspace,
    /,
    *,
    modules: tuple[str, ...],
    no_brief: bool,
    as_json: bool,
    **request: Any,
) -> None:
    """Open a run, and print its uid and the brief.

    What the brief shows is kept with the run, revision by revision, so that one can tell later
    what was known when it began. A run of a plan's step takes task, modules and agent from there,
    and begins the phase.

    \b
    Examples:
        archmem run start --task "Queue webhooks" --modules notifications --agent payments
        archmem run start --plan pla-k3f9x2ab --step 4
    """
    request |= {"modules": _names(modules), "with_brief": not no_brief}
    workspace.ask(START, request, OutputForm(json=as_json))


@run.command()
@click.argument("uid")
@result_options
@click.option("--no-learn", is_flag=True, help="Learn nothing yet; `archmem learn UID` does.")
@_author
@json_option
@pass_workspace
def finish(
    workspace: Workspace,
    /,
    *,
    uid: str,
    source: TextIO | None,
    no_learn: bool,
    author: str | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Tell what came of a run, and learn from it.

    Give the result as options, or as a JSON object with --from; options have precedence. JSON
    may be as a coordinator has it, wrapped or not: `{"success": true, "approach": ...,
    "situation": ..., "metrics": {"p95": "430 -> 380 ms"}, "issues": [...], "alternative": ...,
    "lessons": [...]}`. Telling the same again changes nothing.

    \b
    Examples:
        archmem run finish run-k3f9x2ab --success --approach "Quorum queues" \\
            --situation "A deploy lost jobs" --metric "lost jobs: 12 -> 0" --helped dec-a1b2c3d4
        archmem run finish run-k3f9x2ab --from result.json
    """
    request = {
        "uid": uid,
        "result": result_from(source, options),
        "learning": not no_learn,
        "author": author,
    }
    workspace.ask(FINISH, request, OutputForm(json=as_json))


@run.command(name="list")
@lens_options
@json_option
@pass_workspace
def list_(workspace: Workspace, /, *, as_json: bool, **request: Any) -> None:
    """List all runs, those that were never finished first.

    \b
    Example:
        archmem run list
    """
    workspace.ask(LIST, request, OutputForm(json=as_json))


def _names(said: "Sequence[str]") -> list[str]:
    return [name for part in said for one in part.split(",") if (name := one.strip())]
