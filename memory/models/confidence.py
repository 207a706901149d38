"""How far a lesson is borne out by evidence."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from memory.models.kinds import Trust


class Rank(StrEnum):
    """Where a lesson stands by its evidence."""

    CANDIDATE = "candidate"
    PRACTICE = "practice"
    RETIRED = "retired"


class Evidence(BaseModel):
    """One thing that speaks for a lesson, or against it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    origin: str  # uid or commit; the same origin counts once
    kind: Literal["run", "baseline", "revert", "anchor"]
    speaks_for: bool
    weight: float = 1.0  # 0 to 1; what one run weighs is 1
    words: str = ""
    at: AwareDatetime | None = None


class Confidence(BaseModel):
    """A lesson's posterior, and what follows from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    rank: Rank
    alpha: float  # of the Beta posterior
    beta: float
    mean: float  # 0 to 1
    lower: float  # 95 % sure that it holds at least so often
    count: float  # weight of all evidence
    trust: Trust  # the least of its sources'
    evidence: tuple[Evidence, ...] = ()  # oldest first, ties by origin
    reason: str = ""  # why it has this rank, in words
