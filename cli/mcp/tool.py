"""Makes a tool of a function, its schemas slim, its refusals one clear line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from cli.mcp.refusals import BROKEN, invalid_arguments, refusal, unknown_arguments
from cli.mcp.schemas import input_schema, output_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.mcp.values import Value


class MemoryTool(Tool):
    """A tool that says in one line what it could not do."""

    async def run(
        self,
        arguments: dict[str, Any],
        context: Any,
        convert_result: bool = False,
    ) -> Any:
        """Run the tool.

        Raises:
            ToolError: what was wrong with the arguments, or what the memory refused.
            UnexpectedToolError: a fault of ours.
        """
        if unknown := arguments.keys() - self.parameters["properties"].keys():
            raise ToolError(unknown_arguments(self.name, unknown, self.parameters))
        try:
            return await super().run(arguments, context, convert_result)
        except UnexpectedToolError as error:
            cause = error.__cause__ or error
            line = refusal(cause)
            raise (UnexpectedToolError(BROKEN) if line is None else ToolError(line)) from cause
        except ToolError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ValidationError):
                line = invalid_arguments(self.name, cause, self.parameters)
                raise ToolError(line) from cause
            raise ToolError(str(cause)) from cause


def make_tool(
    function: Callable[..., CallToolResult],
    *,
    title: str,
    writes: bool = False,
    repeatable: bool = True,
) -> Tool:
    """A tool that does what the function does, is named like it and explained by its docstring.

    Args:
        function: Does it.
        title: For people.
        writes: Whether it changes anything.
        repeatable: Whether doing the same again changes nothing.
    """
    tool = MemoryTool.from_function(
        function,
        description=" ".join((function.__doc__ or "").split()),
        annotations=ToolAnnotations(
            title=title,
            read_only_hint=not writes,
            destructive_hint=False if writes else None,  # of what reads it means nothing
            idempotent_hint=repeatable if writes else None,
            open_world_hint=False,
        ),
    )
    tool.parameters = input_schema(tool.parameters)
    tool.fn_metadata.output_schema = output_schema(tool.fn_metadata.output_schema or {})
    return tool


def answered(value: Value, text: str) -> CallToolResult:
    """A result in both forms; some clients show a model the one and some the other."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=value.model_dump(mode="json"),
    )
