"""The health of a code base on one page."""

from __future__ import annotations

from memory.models.code import CouplingRow, Doubts
from memory.models.coordination import Statement
from memory.models.value import Value


class Measure(Value):
    """One number, and what became of it."""

    name: str
    value: float | None  # None where nothing tells
    formula: str
    first: float | None = None  # at the earliest commit that was looked at
    first_day: str = ""
    last: float | None = None  # at the latest one
    last_day: str = ""


class Debt(Value):
    """The findings of one module, by how grave they are."""

    module: str
    critical: int
    major: int
    minor: int


class Health(Value):
    """How a code base is, and where it came from; no number without its formula."""

    measures: tuple[Measure, ...]
    couplings: tuple[CouplingRow, ...]  # of the strongest level
    bottlenecks: tuple[Statement, ...]
    debt: tuple[Debt, ...]  # the most burdened module first
    doubts: Doubts
