"""Arguments that several tools take.

Sizes out of bounds become the nearest within.
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema

from memory.kinds.vocabulary import Kind, Status
from memory.models.brief import EVERYTHING_BUDGET, LEAST_BUDGET

Kinds: TypeAlias = Annotated[  # a wrong one is refused with the names of all
    tuple[Kind, ...], WithJsonSchema({"type": "array", "items": {"type": "string"}})
]
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
Expected: TypeAlias = int  # the revision that was read, as the instructions say; 0 for any
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
