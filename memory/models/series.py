"""Measurements of one metric in one environment, in the order of time."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from memory.models.value import Value


class Movement(StrEnum):
    """How a measurement compares with the one before."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "noise"
    UNKNOWN = "cannot tell"
    FIRST = "first"


class Comparison(Value):
    """How a measurement compares with an earlier one of its series."""

    movement: Movement
    is_beyond: bool = False  # beyond the noise, though nobody may say which way is better
    since: str = ""  # uid of the earlier one; "" of the first
    was: float | None = None
    now: float  # both in the unit of the series
    unit: str = ""
    noise: float | None = None  # a difference up to this one is noise; None where nobody can say
    crossed: Literal["", "over", "back"] = ""  # its threshold: violated now, or no longer
    words: str  # all of it in one line
    reason: str = ""  # the arithmetic, in words


class Point(Value):
    """One measurement, as its series has it."""

    uid: str
    at: AwareDatetime | None  # None where no source says when it was measured
    value: float  # in the unit of the series, as is what follows
    spread: float | None = None
    threshold: float | None = None  # that held: its own, or the last one before it
    n: int | None = None
    commit: str = ""
    note: str = ""
    citation: str = ""  # path:line
    is_violated: bool = False  # past its threshold
    compared: Comparison  # with the point before


class Series(Value):
    """All measurements of one metric in one environment."""

    metric: str  # as the newest has it, as are environment and unit
    environment: str = ""
    unit: str = ""
    better: Literal["lower", "higher", ""] = ""
    better_because: str = ""  # why, where no measurement says so itself
    modules: tuple[str, ...] = ()
    points: tuple[Point, ...]  # oldest first, undated ones before all others; at least one

    @property
    def latest(self) -> Point:
        """The newest measurement."""
        return self.points[-1]


class Premise(Value):
    """A baseline that a memory rests on and that has moved since."""

    metric: str
    unit: str = ""
    rested_on: str  # uid of the baseline
    was: float
    latest: str  # uid of the newest of its series
    now: float
    movement: Movement  # better or worse; "cannot tell" where nobody says which way is better
    reason: str  # the arithmetic, in words


class Unsettled(Value):
    """A memory in force one of whose premises has moved."""

    uid: str
    title: str
    premise: Premise
