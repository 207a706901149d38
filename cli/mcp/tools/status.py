"""memory_status: what the memory holds and lacks."""

from typing import TYPE_CHECKING, Annotated

from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult

from cli.mcp.items import line, with_rest
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import State
from cli.quoting import fenced
from memory.models.request import Status

if TYPE_CHECKING:
    from cli.calling import Caller

_PROBLEMS, _PROBLEM = 10, 240  # how many, bytes of each


def status_tool(caller: "Caller") -> Tool:
    """The tool that tells how the memory is."""

    def memory_status() -> Annotated[CallToolResult, State]:
        """Tell what the memory holds (kind, status, count) and lacks.

        And what it could not read. Call it when answers seem old, empty or incomplete.
        """
        status = caller.call("status", Status())
        result = State(
            memories=status.memories,
            passages=status.passages,
            pending_embeddings=status.pending_embeddings,
            pending_files=status.pending_files,
            last_index=status.last_index.isoformat(timespec="seconds") if status.last_index else "",
            model=status.model or "",
            problems=with_rest(
                [line(problem, _PROBLEM) for problem in status.problems[:_PROBLEMS]],
                len(status.problems),
            ),
        )
        return answered(result, _told(result))

    return make_tool(memory_status, title="Memory state")


def _told(state: State) -> str:
    counts = [
        f"{kind}: " + ", ".join(f"{count} {status}" for status, count in sorted(by_status.items()))
        for kind, by_status in sorted(state.memories.items())
    ]
    lines = [
        *(counts or ["Nothing is recorded yet."]),
        f"last index: {state.last_index or 'never'}; passages: {state.passages}; not embedded: "
        f"{state.pending_embeddings}; not in their files: {state.pending_files}",
    ]
    if state.problems:
        lines.append(fenced("\n".join(state.problems), {"kind": "problems"}))
    return "\n".join(lines)
