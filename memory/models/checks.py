"""What comes of checks: demands of decisions, and contracts, held against the code."""

from __future__ import annotations

from enum import StrEnum

from memory.models.findings import Spot
from memory.models.value import Value


class Answer(StrEnum):
    """Whether a check holds."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    UNKNOWN = "cannot tell"


class Since(Value):
    """Since when a check does not hold."""

    commit: str = ""  # in full; "" where it cannot be told
    day: str = ""
    subject: str = ""
    edge: str = ""  # what it began with: "a.py:3 a -> b"
    told: str = ""  # "exact", "uncommitted", or why it cannot be told


class CheckRow(Value):
    """One check, and what comes of it."""

    said: str  # as it is written
    owner: str  # "0017 Orders own their table", "import-linter"
    citation: str  # where it is written
    answer: Answer
    uid: str = ""  # of the decision
    reason: str = ""  # why it cannot be told
    broken_by: tuple[str, ...] = ()  # each in a sentence, with its place
    spots: tuple[Spot, ...] = ()  # of the first of these
    since: Since | None = None
