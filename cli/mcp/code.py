"""The tool that asks the code: one for its facts, its map, an impact and an audit, as rows."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult
from pydantic import Field

from cli.fencing import QUOTED, fenced
from cli.mcp.arguments import MaxTokens, Modules, Next
from cli.mcp.code_rows import CodeArguments, code_rows
from cli.mcp.items import line, page
from cli.mcp.paging import one_page
from cli.mcp.tool import answered, make_tool
from cli.mcp.values import Fields, Line, WireValue
from memory.texts.quoting import harmless_value
from memory.texts.shortening import json_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mcp.server.mcpserver.tools import Tool

    from cli.calling import Caller

Ask = Literal[
    "impact", "trace", "map", "audit", "drift", "decouple", "triage", "coordinate",
    "edges", "routes", "tables", "symbols", "tests", "modules",
]  # fmt: skip
_VALUE = 300  # bytes of one field; a longer one is cut
_LISTED = 12  # of one list in a row


class CodeFacts(WireValue):
    """Facts of the code, a row each."""

    rows: list[Fields]
    total: int
    unresolved: Fields = Field({})  # how much could not be told, by sort
    unread: int = 0  # files that could not be read
    opaque_calls: int = 0  # of methods of values, which were not followed
    next: Line = ""


def code_tool(caller: "Caller") -> "Tool":
    """The tool `memory_code`."""

    def memory_code(
        ask: Ask,
        target: str = "",
        diff: str = "",
        modules: Modules = (),
        path: str = "",
        max_tokens: MaxTokens = 3000,
        next: Next = "",  # noqa: A002
    ) -> Annotated[CallToolResult, CodeFacts]:
        """Facts of the code as it is now, with file and line.

        impact: what a change to `target` (file, symbol, table, route, module), or since commit
        `diff`, reaches, and its risk. trace: where route `target` goes. map: modules, coupling,
        cycles. audit: what is wrong (`target`: an area), new since `diff`. drift: trend, or when
        finding or metric `target` began. decouple: cheapest cuts of a cycle, or between two
        `modules`. triage: whether a task (`target`, `diff`) is systemic, and whose. coordinate:
        state, impact, risks, phases for a request `target`. The rest lists facts. unresolved:
        could not be told.
        """
        if ask == "impact" and bool(target) == bool(diff):
            raise ToolError("impact: give either a target or a diff.")
        asked = CodeArguments(target, diff, modules, path)
        said, rows = code_rows(caller, ask, asked)
        about = (ask, *asked._replace(modules=tuple(modules)))
        shown, following = one_page(
            rows,
            lambda row, _: short_row(row),
            lambda row: json_bytes(row) + 2,
            about=about,
            cursor=next,
            max_tokens=max_tokens,
        )
        doubts = said.doubts
        result = CodeFacts(
            rows=shown,
            total=len(rows),
            unresolved=dict(doubts.counts),
            unread=len(doubts.unread),
            opaque_calls=doubts.opaque_calls,
            next=following,
        )
        quoted = fenced("\n".join(map(told_row, shown)), {"kind": ask})
        head = f"{len(rows)} rows."
        missed = ", ".join(f"{count} {what}" for what, count in doubts.counts.items())
        notes = [QUOTED, f"Not resolved: {missed}."] if missed else [QUOTED]
        return answered(result, page([head, quoted], *notes, next_page=following))

    return make_tool(memory_code, title="Facts of the code")


def told_row(row: "Mapping[str, Any]") -> str:
    """A row in text."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def short_row(row: "Mapping[str, Any]") -> dict[str, Any]:
    """A row whose values are short and harmless, without those that say nothing."""
    short = {name: _cut(value) for name, value in row.items() if value not in ("", [], None)}
    said: dict[str, Any] = {name: harmless_value(value) for name, value in short.items()}
    return said


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return line(value, _VALUE)
    if isinstance(value, list):
        shown = [_cut(one) for one in value[:_LISTED]]
        return [*shown, f"and {len(value) - _LISTED} more"] if len(value) > _LISTED else shown
    return value
