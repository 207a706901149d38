"""What a gate measures, and what is known of it from when it began."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from memory.models.planning import GateAnswer


class GateMeasure(NamedTuple):
    """What a gate measures."""

    answer: GateAnswer
    value: float | None = None
    goal: float | None = None
    noun: str = ""  # one of what is counted and has to go; "" of other numbers
    unit: str = ""  # of the number
    comparison: str = ""  # of the number with its goal
    said: str = ""  # beside the number, or in its place
    citations: tuple[str, ...] = ()


class GateStart(NamedTuple):
    """What is known of a gate from when its plan or phase began."""

    commit: str = ""  # since when findings are new; "" where none is known
    value: float | None = None  # that it measured then
