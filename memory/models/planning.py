"""A plan that is followed: how far it is, what speaks against it, and who is told to do what."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from memory.kinds.vocabulary import Status
from memory.models.answer import Recorded
from memory.models.details import PhasedPlan
from memory.models.plan import CheckedPlan, Verdict
from memory.models.runs import Learned
from memory.models.value import Value

GateAnswer: TypeAlias = Literal["met", "open", "cannot tell"]
PhaseAction: TypeAlias = Literal["begin", "done", "back"]


class GateReading(Value):
    """What a gate measures now.

    What it measured at the start is 1 for a gate without a number that was met.
    """

    gate: str  # as it is written
    answer: GateAnswer
    words: str  # "14 of 31 imports gone", "71 of 80 %", or why it cannot be told
    value: float | None = None  # None where it is no number, or nobody can tell
    goal: float | None = None
    at_start: float | None = None  # its value when its phase began, or else the plan
    citations: tuple[str, ...] = ()
    lost: bool = False  # it was met at an earlier look, and is no longer

    @property
    def share(self) -> float:
        """How much of the way it is known to have gone since its start, 0 to 1."""
        if self.answer != "open":
            return 1.0 if self.answer == "met" else 0.0
        if self.value is None or self.goal is None or self.at_start in {None, self.goal}:
            return 0.0
        start = self.at_start or 0.0
        return min(max((self.value - start) / (self.goal - start), 0.0), 1.0)

    @property
    def holds(self) -> bool:
        """Whether it was met at the start and is: it is kept, and nothing was done for it."""
        if self.answer != "met" or self.at_start is None:
            return False
        if self.value is None or self.goal in {None, self.value}:
            return self.at_start == (1.0 if self.value is None else self.value)
        return (self.at_start - self.goal) * (self.value - self.goal) >= 0  # on the same side


class PhaseProgress(Value):
    """How far a phase is."""

    number: int  # from 1
    name: str
    status: Status  # planned, open, done or reverted
    steps: int
    steps_done: int
    steps_open: int  # begun, by a run or by word
    gates: tuple[GateReading, ...] = ()
    way_back: str = ""

    @property
    def share(self) -> float:
        """How far it is known to be, 0 to 1: the mean of its gates and of its steps that are done.

        A gate that was met at the start and still is says nothing of how far it is.
        """
        parts = [one.share for one in self.gates if not one.holds]
        if self.steps:
            parts.append(self.steps_done / self.steps)
        if self.status is Status.DONE and not any(one.lost for one in self.gates):
            return 1.0
        return sum(parts) / len(parts) if parts else 0.0


class PlanProgress(Value):
    """How far a plan is."""

    uid: str
    revision: int  # its number
    title: str
    status: Status
    phases: tuple[PhaseProgress, ...]
    raised: tuple[str, ...] = ()  # uids of flags raised now, for gates that were met and are lost
    resolved: tuple[str, ...] = ()  # of flags resolved now: their gates are met again
    news: tuple[str, ...] = ()  # of these gates, a line each


class Plans(Value):
    """How far the plans are that are open, or the one that is named."""

    plans: tuple[PlanProgress, ...] = ()


class ChangedPlan(Value):
    """A plan of which something was said, as it is then."""

    plan: PlanProgress
    changed: bool  # False when it was said before


class ClosedPlan(Value):
    """A plan that is over, and what was learned from it."""

    uid: str
    status: Status  # done or failed
    changed: bool  # False when it was closed before
    left: tuple[str, ...] = ()  # phases that were not done, gates that were not met
    learned: Learned | None = None


class NewPlan(Value):
    """A plan that was kept."""

    recorded: Recorded
    plan: PhasedPlan
    untold: tuple[str, ...] = ()  # gates that no machine can evaluate, and why


class PlanDoubt(Value):
    """Something that speaks against a plan, beside what is known of each of its steps."""

    rule: str  # order, check, in flight, no way back, unknown module, unknown agent, gate ...
    conflicts: bool = False  # else it is to be looked at
    why: str
    steps: tuple[int, ...] = ()  # that it is about, from 1
    phase: int | None = None
    citations: tuple[str, ...] = ()


class HeldPlan(Value):
    """A plan, and what speaks against it."""

    uid: str
    title: str
    verdict: Verdict  # conflict where something conflicts, else the worst of its steps
    doubts: tuple[PlanDoubt, ...]  # conflicts first
    steps: CheckedPlan  # what is known of each step: decisions, lessons, reverts, checks


class ToDo(Value):
    """A step, as whoever does it is told."""

    agent: str
    step: int
    phase: int
    text: str
    after: tuple[int, ...] = ()  # steps that have to be done before
    way_back: str = ""


class Directive(Value):
    """What one engineer is told."""

    agent: str
    because: str  # why it is this one
    modules: tuple[str, ...]  # that its steps touch
    todo: tuple[ToDo, ...]
    gates: tuple[str, ...]  # of its phases
    knows: str  # Markdown: what of the memory and code concerns it alone
    tokens: int  # of that, of its budget
    budget: int
    served: tuple[str, ...]  # uids of the memories in it


class Directives(Value):
    """What all engineers of a plan are told; no memory is told twice."""

    uid: str
    task: str
    context: str  # Markdown: what several of them have to know
    tokens: int
    served: tuple[str, ...]
    directives: tuple[Directive, ...]
    coordination_points: tuple[str, ...]
    unassigned: tuple[str, ...] = ()  # steps that nobody is known for, and why


class ShownPlan(Value):
    """A plan, as it is kept."""

    uid: str
    revision: int  # its number
    title: str
    citation: str  # where its file says it
    plan: PhasedPlan
    runs: dict[int, tuple[str, ...]] = Field(default_factory=dict)  # by step: "run-… open"
