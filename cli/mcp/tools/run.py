"""memory_run: coordination runs, from their beginning to what came of them."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import Field, JsonValue

from cli.mcp.arguments import Author, Budget, MaxTokens, Modules, Next, agent_named, request
from cli.mcp.budget import weight
from cli.mcp.items import line, names, page
from cli.mcp.lessons import lesson_items, told_lessons
from cli.mcp.loop_values import Ran, RunItem
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.quoting import QUOTED, fenced
from memory.models.outcome import RunLine
from memory.models.request import RunFinish, RunList, RunStart
from memory.texts.formatting import day

if TYPE_CHECKING:
    from cli.calling import Caller

Action: TypeAlias = Literal["start", "finish", "list"]
_RESULT = (
    "success? (required) approach situation metrics issues[] alternative lessons[] helped[] "
    "misled[] (uids) commits[]"
)


def run_tool(caller: "Caller") -> Tool:
    """The tool that opens, finishes and lists runs."""

    def memory_run(
        action: Action,
        author: Author,
        task: str = "",
        modules: Modules = (),
        agents: tuple[str, ...] = (),
        budget: Budget = 4000,
        uid: str = "",
        result: Annotated[dict[str, JsonValue], Field(description=_RESULT)] = {},  # noqa: B006
        max_tokens: MaxTokens = 2000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, Ran]:
        """Open a run for a task, get its brief; finish it with what came of it.

        start gives uid and brief; finish turns the result into lessons; list has unfinished ones
        first.
        """
        if action == "start":
            return _started(caller, author, task, modules, agents, budget)
        if action == "finish":
            return _finished(caller, author, uid, result, max_tokens)
        return _listed(caller, max_tokens, next)

    return make_tool(memory_run, title="Runs", writes=True, repeatable=False)


def _started(
    caller: "Caller",
    author: str,
    task: str,
    modules: tuple[str, ...],
    agents: tuple[str, ...],
    budget: int,
) -> CallToolResult:
    if not task.strip():
        raise ToolError("memory_run: start needs a task.")
    asked = request(
        RunStart,
        task=task,
        modules=modules,
        agents=agents,
        budget=budget,
        author=agent_named(author),
    )
    begun = caller.call("run_start", asked)
    result = Ran(
        uid=begun.uid,
        status="open",
        brief=begun.brief,
        digest=begun.digest,
        reason=line(begun.reason),
    )
    note = f"Not complete: {result.reason}" if result.reason else ""
    quoted = fenced(result.brief, {"kind": "brief", "run": result.uid})
    head = f"Run {result.uid} is open; finish it with its uid."
    return answered(result, page([head, quoted], QUOTED, note, next_page=""))


def _finished(
    caller: "Caller", author: str, uid: str, said: dict[str, JsonValue], max_tokens: int
) -> CallToolResult:
    if not uid or not said:
        raise ToolError("memory_run: finish needs the uid of a run and a result.")
    asked = request(RunFinish, uid=uid, result=said, author=agent_named(author))
    finished = caller.call("run_finish", asked)
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
    return answered(result, page([head, told_lessons(lessons, more)], next_page=""))


def _listed(caller: "Caller", max_tokens: int, cursor: str) -> CallToolResult:
    runs = caller.call("run_list", RunList()).runs
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
