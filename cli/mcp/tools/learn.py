"""memory_learn: lessons from what came of something."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult
from pydantic import JsonValue

from cli.mcp.arguments import Author, agent_named, request
from cli.mcp.items import line, page
from cli.mcp.lessons import lesson_items, told_lessons
from cli.mcp.loop_values import Learned
from cli.mcp.tool import answered, make_tool
from memory.models.request import Learn

if TYPE_CHECKING:
    from cli.calling import Caller

_MAX_TOKENS = 2000  # one result teaches a few lessons


def learn_tool(caller: "Caller") -> Tool:
    """The tool that learns."""

    def memory_learn(
        author: Author,
        result: dict[str, JsonValue] = {},  # noqa: B006
        uid: str = "",
    ) -> Annotated[CallToolResult, Learned]:
        """Turn a result (as of memory_run) into lessons, or that of a finished run.

        What worked becomes a pattern, what failed an antipattern; near to a known one, evidence
        for or against that.
        """
        if bool(uid) == bool(result):
            raise ToolError("memory_learn: give a result, or the uid of a finished run.")
        asked = request(Learn, uid=uid or None, result=result or None, author=agent_named(author))
        learned = caller.call("learn", asked)
        lessons, more = lesson_items(learned.lessons, _MAX_TOKENS)
        said = Learned(
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
