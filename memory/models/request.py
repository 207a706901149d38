"""What the parameters of the verbs may be; the signatures of `ArchMem` are made of these.

A request is the signature of a method: whoever is sent one validates it by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Field, GetPydanticSchema, JsonValue

from memory.models.brief import MOST_BUDGET
from memory.models.plan import Plan, Step
from memory.models.runs import Result
from memory.models.selection import Name

LONGEST_DOCUMENT = 5_000_000  # characters
LONGEST_QUESTION = 20_000  # characters; a model reads the first thousand or two
MOST_HITS = 1_000
MOST_LISTED = 1_000_000  # memories; ten times what a store was measured with


def sent_as(kind: Any) -> GetPydanticSchema:
    """Marks a parameter that takes more from Python than can be sent: it is sent as `kind`."""
    return GetPydanticSchema(lambda _source, handler: handler(kind))


Question: TypeAlias = Annotated[str, Field(max_length=LONGEST_QUESTION)]
Document: TypeAlias = Annotated[str, Field(max_length=LONGEST_DOCUMENT)]  # a file's text
Hits: TypeAlias = Annotated[int, Field(ge=1, le=MOST_HITS)]
Count: TypeAlias = Annotated[int, Field(ge=1)]
MostListed: TypeAlias = Annotated[int, Field(ge=1, le=MOST_LISTED)]
Budget: TypeAlias = Annotated[int, Field(ge=1, le=MOST_BUDGET)]  # tokens
AnyPlan: TypeAlias = Annotated[Plan | str | Iterable[str | Step], sent_as(Plan)]
AnyResult: TypeAlias = Annotated[Result | Mapping[str, Any], sent_as(JsonValue)]
RunOrResult: TypeAlias = Annotated[str | Result | Mapping[str, Any], sent_as(Name | JsonValue)]
AnyPhases: TypeAlias = Annotated[Mapping[str, Any] | Iterable[Any], sent_as(JsonValue)]
