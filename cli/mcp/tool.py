"""Makes a tool of a function: its schemas slim, its refusals one clear line each.

All tools are listed to a model before it has asked anything, so each byte of a schema is paid for
in every session. References are put in their place, since some clients do not follow them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ValidationError

from cli.mcp.failures import BROKEN, invalid_arguments, refusal, unknown_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.mcp.values import WireValue


Results: TypeAlias = Literal["text", "structure", "both"]  # how tools answer
_IN_STRUCTURE = TextContent(type="text", text="The result is the structured content.")


class MemoryTool(Tool):
    """A tool that says in one line what it could not do."""

    results: Results = "both"

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
            result = await super().run(self.as_meant(arguments), context, convert_result)
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
        return self._in_form(result)

    def _in_form(self, result: CallToolResult) -> CallToolResult:
        if self.results == "text":
            return result.model_copy(update={"structured_content": None})
        if self.results == "structure":
            return result.model_copy(update={"content": [_IN_STRUCTURE]})
        return result

    def as_meant(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments without null for what may be left out, one text for a list as a list."""
        required, properties = self.parameters.get("required", ()), self.parameters["properties"]
        return {
            name: [said] if _is_one_of_a_list(said, properties[name]) else said
            for name, said in arguments.items()
            if said is not None or name in required
        }


def _is_one_of_a_list(said: object, schema: dict[str, Any]) -> bool:
    return schema.get("type") == "array" and isinstance(said, str) and not said.startswith("[")


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


def in_form(tool: Tool, results: Results) -> Tool:
    """A tool that answers in one form or in both; without structure it has no schema of one."""
    changed: dict[str, Any] = {"results": results}
    if results == "text":
        changed["fn_metadata"] = tool.fn_metadata.model_copy(update={"output_schema": None})
    return tool.model_copy(update=changed)


def answered(value: WireValue, text: str) -> CallToolResult:
    """A result in both forms, of which a server sends one."""
    return CallToolResult(
        content=[TextContent(type="text", text=text)],
        structured_content=value.model_dump(mode="json"),
    )


_NOISE = (  # what nobody would send otherwise, and is refused in words
    ("minLength", 1),
    ("minItems", 1),
    ("maxLength", 100),
    ("additionalProperties", True),
    ("additionalProperties", False),
)
_EMPTY: tuple[Any, ...] = ("", [], {}, False, None)


def input_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's arguments, its defaults kept where they are more than empty."""
    return _slim(_resolved(schema))


def output_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a tool's result: an object, whose fields tell the rest themselves."""
    return {"type": schema["type"]}


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions, which do not contain themselves, where they are used."""
    definitions = schema.get("$defs", {})

    def resolve(said: Any) -> Any:
        if isinstance(said, list):
            return [resolve(each) for each in said]
        if not isinstance(said, dict):
            return said
        if reference := said.get("$ref"):
            definition = definitions[reference.removeprefix("#/$defs/")]
            # Its description is a docstring for those who read the code.
            plain = {name: each for name, each in definition.items() if name != "description"}
            said = plain | {name: each for name, each in said.items() if name != "$ref"}
        return {name: resolve(each) for name, each in said.items()}

    top = {name: each for name, each in schema.items() if name not in {"$defs", "description"}}
    resolved: dict[str, Any] = resolve(top)
    return resolved


def _slim(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without titles and without what says no more than its absence."""
    slim: dict[str, Any] = {}
    for name, said in schema.items():
        if name == "properties":
            slim[name] = {key: _slim(each) for key, each in said.items()}
        elif name in {"items", "additionalProperties"} and isinstance(said, dict):
            if inner := _slim(said):
                slim[name] = inner
        elif name == "default":
            if said not in _EMPTY:
                slim[name] = said
        elif name != "title" and (name, said) not in _NOISE:
            slim[name] = said
    return slim
