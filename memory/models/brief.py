"""What a coordinator is handed for one task, under a budget."""

from __future__ import annotations

from typing import Literal, TypeAlias

from memory.models.details import Served
from memory.models.value import Value

BriefForm: TypeAlias = Literal["md", "json"]

LEAST_BUDGET = 600  # tokens: a heading, some memories in a line each, what did not fit
DEFAULT_BUDGET = 4_000  # tokens: one in fifty of what a coordinator can read
EVERYTHING_BUDGET = 100_000  # tokens: half of it
MOST_BUDGET = 1_000_000  # tokens


class ModuleCoverage(Value):
    """What is known of a module that was asked about."""

    module: str
    counts: dict[str, int]  # memories by kind; kinds without any are left out

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())


class Brief(Value):
    """What is known for a task, as text, and what of it was shown."""

    task: str
    modules: tuple[str, ...] = ()  # asked about: those given, else those that the task names
    agents: tuple[str, ...] = ()  # each has a slice
    budget: int  # tokens
    tokens: int  # of `text`; by no tokenizer that was measured are there more
    text: str  # Markdown, or JSON
    digest: str  # of `text`
    served: tuple[Served, ...] = ()  # in the order in which they are told
    omitted: int = 0  # memories that did not fit
    coverage: tuple[ModuleCoverage, ...] = ()
    complete: bool = True
    reason: str = ""  # why it is not complete
