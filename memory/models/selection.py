"""Which memories a question is about: of what sort, and seen from when."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias

from pydantic import AwareDatetime, Field, model_validator

from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, Status
from memory.models.value import Value

Name: TypeAlias = Annotated[str, Field(max_length=4_096)]  # a module's may be a path
_SOME = Field(max_length=1_000)
_UNSEARCHED = tuple(kind for kind, spec in SPECS.items() if not spec.is_searched)
Names: TypeAlias = Annotated[tuple[Name, ...], _SOME]


class Lens(Value):
    """Two moments: what held *as of* one, as far as it was *known at* the other.

    None means now. Both are inclusive. A *commit* takes the place of both: what the project's
    files said there, and what else led to it.
    """

    as_of: AwareDatetime | None = None
    known_at: AwareDatetime | None = None
    commit: Annotated[str, Field(max_length=1_000)] | None = None  # any name that git knows it by

    @model_validator(mode="after")
    def _has_one_meaning(self) -> Self:
        if self.commit is not None and (self.as_of or self.known_at):
            raise ValueError("a commit takes the place of both moments: give one or the other")
        return self

    @property
    def is_now(self) -> bool:
        """Whether it looks at the present with all that is known."""
        return self.as_of is None and self.known_at is None and self.commit is None


class Selection(Value):
    """Memories by what they are; an empty field selects all, several values any of them."""

    kinds: Annotated[tuple[Kind, ...], _SOME] = ()
    without: Annotated[tuple[Kind, ...], _SOME] = ()  # whatever else is selected
    modules: Names = ()
    agents: Names = ()
    statuses: Annotated[tuple[Status, ...], _SOME] = ()  # as they stand, superseded too
    tags: Names = ()
    derived: bool | None = None  # only what archmem worked out itself, or only the rest
    lens: Lens = Lens()

    @property
    def is_everything(self) -> bool:
        """Whether nothing that is known now is left out, but for what archmem keeps itself."""
        return self.model_copy(update={"derived": None, "without": ()}) == EVERYTHING

    @property
    def as_searched(self) -> Selection:
        """The same without what nobody wants who does not ask for it by its kind, such as runs."""
        return self if self.kinds else self.model_copy(update={"without": _UNSEARCHED})


NOW = Lens()
EVERYTHING = Selection()
