"""What a coordinator is told: whether a task is its own, and what is known for it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from memory.models.code import Doubts
from memory.models.value import Value

SYSTEMIC = 3  # modules from which on a change is systemic

Verdict: TypeAlias = Literal["systemic", "local", "cannot tell"]


class Indicator(Value):
    """One question that decides whether a task is systemic."""

    name: str  # modules, pattern, performance, security, schema, versioning, ...
    question: str
    answer: Literal["yes", "no", "unknown"]
    reason: str  # what the answer rests on
    citations: tuple[str, ...] = ()  # "file:line", a commit, or the words of the task


class SimilarChange(Value):
    """What was merged before and reads like the task."""

    commit: str  # in full
    day: str
    subject: str
    likeness: float  # 0 to 1, by shared words
    modules: int  # that it touched, tests apart
    files: int
    changes_schema: bool  # whether it touched files of a schema
    changes_interface: bool  # whether it touched a description of an interface

    @property
    def is_systemic(self) -> bool:
        """Whether it touched three modules and more, the schema or an interface."""
        return self.modules >= SYSTEMIC or self.changes_schema or self.changes_interface


class Owner(Value):
    """To whom a local task goes."""

    agent: str
    reason: str


class Triage(Value):
    """Whether a task is systemic or of one module, and why."""

    task: str
    verdict: Verdict
    reason: str
    indicators: tuple[Indicator, ...]
    modules: tuple[str, ...]  # that it is about, by its words or its changes
    owner: Owner | None = None  # of a local task; None where nobody is known for it
    similar: tuple[SimilarChange, ...] = ()  # the likest first
    doubts: Doubts = Doubts()
