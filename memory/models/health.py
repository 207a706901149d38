"""The health of a code base on one page."""

from __future__ import annotations

from typing import Literal

from memory.models.code import CouplingRow, Doubts
from memory.models.coordination import Statement
from memory.models.value import Value


class Measure(Value):
    """One number, and what became of it."""

    name: str
    value: float | None  # None where nothing tells
    formula: str
    doubt: str = ""  # why it may be more, or is of a part alone
    first: float | None = None  # at the earliest commit or run that is known
    first_day: str = ""
    last: float | None = None  # at the latest one before this
    last_day: str = ""
    is_share: bool = False  # of a whole, 0 to 1; else a count
    better: Literal["lower", "higher", ""] = ""  # which way; "" of sizes, which are neither

    def in_words(self, value: float | None) -> str:
        """One of its values as people read it; "" of none."""
        if value is None:
            return ""
        return f"{value:.1%}" if self.is_share else f"{value:,.10g}"

    @property
    def trend(self) -> Literal["better", "worse", "same", ""]:
        """Since the last; "" where nobody can say."""
        if self.value is None or self.last is None or not self.better:
            return ""
        if self.value == self.last:
            return "same"
        return "better" if (self.value < self.last) == (self.better == "lower") else "worse"


class Debt(Value):
    """The findings of one module, by how grave they are."""

    module: str
    critical: int
    major: int
    minor: int


class Health(Value):
    """How a code base is, and where it came from; no number without its formula."""

    measures: tuple[Measure, ...]
    couplings: tuple[CouplingRow, ...]  # the strongest first
    bottlenecks: tuple[Statement, ...]
    debt: tuple[Debt, ...]  # the most burdened module first
    doubts: Doubts
