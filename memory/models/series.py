"""Measurements of one metric in one environment, in the order of time."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Movement(StrEnum):
    """How a measurement compares with the one before."""

    BETTER = "better"
    WORSE = "worse"
    NOISE = "noise"
    UNKNOWN = "cannot tell"
    FIRST = "first"


class Premise(BaseModel):
    """A baseline that a memory rests on and that has moved since."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    metric: str
    unit: str = ""
    rested_on: str  # uid of the baseline
    was: float
    latest: str  # uid of the newest of its series
    now: float
    movement: Movement  # better or worse
    reason: str  # the arithmetic, in words
