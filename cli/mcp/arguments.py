"""Arguments that several tools take; sizes out of bounds become the nearest within."""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field

from memory.models.kinds import Kind, Status

Kinds: TypeAlias = tuple[Kind, ...]
Modules: TypeAlias = tuple[str, ...]
Statuses: TypeAlias = tuple[Status, ...]
Uid: TypeAlias = Annotated[str, Field(min_length=1)]
AsOf: TypeAlias = Annotated[str, Field(description="ISO date: what held then.")]
Limit: TypeAlias = Annotated[int, AfterValidator(lambda limit: min(max(limit, 1), 50))]
MaxTokens: TypeAlias = Annotated[int, AfterValidator(lambda size: min(max(size, 600), 20_000))]
Next: TypeAlias = str
