"""Arguments that several tools take, and what is asked of the memory with them.

Sizes out of bounds become the nearest within.
"""

from collections.abc import Callable
from typing import Annotated, ParamSpec, TypeAlias, TypeVar

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema

from cli.mcp.refusals import wrong_fields
from memory.models.brief import EVERYTHING_BUDGET, LEAST_BUDGET
from memory.models.kinds import Kind, Status

P = ParamSpec("P")
R = TypeVar("R")

Kinds: TypeAlias = tuple[Kind, ...]
Modules: TypeAlias = tuple[str, ...]
Statuses: TypeAlias = Annotated[  # a wrong one is refused with the names of all
    tuple[Status, ...],
    WithJsonSchema(
        {"type": "array", "items": {"type": "string"}, "description": "accepted, open, reverted …"}
    ),
]
Uid: TypeAlias = Annotated[str, Field(min_length=1)]
AsOf: TypeAlias = str  # a date or a git revision, as the instructions say
Limit: TypeAlias = Annotated[int, AfterValidator(lambda limit: min(max(limit, 1), 50))]
MaxTokens: TypeAlias = Annotated[int, AfterValidator(lambda size: min(max(size, 600), 20_000))]
Next: TypeAlias = str
Budget: TypeAlias = Annotated[
    int,
    AfterValidator(lambda tokens: min(max(tokens, LEAST_BUDGET), EVERYTHING_BUDGET)),
]
Author: TypeAlias = Annotated[
    str, Field(min_length=1, max_length=100, description="You: payments-agent.")
]


def agent_named(author: str) -> str:
    """Who says something, as a source names an agent."""
    return f"agent:{author.removeprefix('agent:')}"


def request(kind: Callable[P, R], *values: P.args, **fields: P.kwargs) -> R:
    """A request of a kind, made of a tool's arguments.

    Raises:
        ToolError: the memory takes no such values: a text is too long, for example.
    """
    try:
        return kind(*values, **fields)
    except ValidationError as error:
        raise ToolError(wrong_fields(error)) from error
