"""Runs: what came of a coordination, what it taught, and what tidying made of lessons."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import AwareDatetime, Field, JsonValue

from memory.kinds.vocabulary import Status
from memory.models.details import Measured, Moved
from memory.models.memory import Draft
from memory.models.value import Value


class Result(Value):
    """What came of a run, in the one shape that all ways to say it are read into."""

    success: bool
    approach: str = ""  # what was done
    situation: str = ""  # in which it was done
    metrics: tuple[Measured, ...] = ()
    issues: tuple[str, ...] = ()
    alternative: str = ""  # what works, or might have worked, instead
    lessons: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()  # uids of memories
    misled: tuple[str, ...] = ()  # likewise
    commits: tuple[str, ...] = ()
    task: str = ""  # for a result that no run was opened for
    modules: tuple[str, ...] = ()
    sender: str = ""  # who reports it, as the result itself says
    extra: dict[str, JsonValue] = Field(default_factory=dict)  # whatever else it says


class Begun(Value):
    """A run that was opened."""

    uid: str
    brief: str = ""  # what is known for its task; "" where none was wanted
    digest: str = ""  # of the brief
    tokens: int = 0  # of the brief
    reason: str = ""  # why the brief is not complete, or not there
    plan: str = ""  # uid of the plan of which it does a step
    step: int | None = None
    beside: tuple[str, ...] = ()  # what speaks against doing that step now, a line each
    withheld: tuple[str, ...] = ()  # what was left out of its task, in lines: credentials


class Taught(Value):
    """What one lesson got out of a run."""

    uid: str
    title: str
    form: Literal["pattern", "antipattern", "best_practice"]
    what: Literal["added", "supported", "contradicted"]
    because: str = ""  # why it was taken to be about the same
    path: str | None = None  # the file that holds it
    problem: str = ""  # why no file tells of it yet


class Learned(Value):
    """What was learned from a run."""

    run: str  # uid
    is_new: bool  # False when it had been learned before
    lessons: tuple[Taught, ...] = ()
    kept: tuple[str, ...] = ()  # fields that the result has and archmem knows nothing of
    withheld: tuple[str, ...] = ()  # what was left out of it, in lines: credentials
    complete: bool = True
    reason: str = ""  # why it is not complete


class Finished(Value):
    """A run that came to an end."""

    uid: str
    status: Status  # done or failed
    is_new: bool  # False when the same was told before
    kept: tuple[str, ...] = ()  # fields that the result has and archmem knows nothing of
    withheld: tuple[str, ...] = ()  # what was left out of it, in lines: credentials
    findings: Moved = Moved()  # of an audit, since it began
    learned: Learned | None = None  # None where that can wait


class RunLine(Value):
    """A run in a few words."""

    uid: str
    task: str
    status: Status
    begun: AwareDatetime
    finished: AwareDatetime | None = None
    learned: bool = False
    modules: tuple[str, ...] = ()
    author: str = ""


class Runs(Value):
    """Runs, those that were never finished first, the latest first."""

    runs: tuple[RunLine, ...] = ()


ProposalType: TypeAlias = Literal["merge", "contradiction", "retirement"]


class Proposal(Value):
    """A change that would make a memory say the same with less, or more truly."""

    id: str  # the same as long as nobody changes the memories
    type: ProposalType
    uids: tuple[str, ...]  # of a merge what stays first, of a contradiction what states it
    titles: tuple[str, ...]  # of the same
    reasons: tuple[str, ...]  # in words
    consequence: str  # what applying it does, in words


class AppliedStep(Value):
    """What an application does to one memory."""

    uid: str
    before: int  # number of the revision that was newest
    wanted: Draft
    after: int | None = None  # number of the revision that it made; None while it has not
    undone: int | None = None  # number of the revision that brought the former words back


class Application(Value):
    """A proposal that was applied, wholly or half."""

    proposal: Proposal
    steps: tuple[AppliedStep, ...]
    applied_at: AwareDatetime
    undone_at: AwareDatetime | None = None

    @property
    def state(self) -> Literal["applied", "half applied", "half undone", "undone"]:
        """How far it got; what was killed in between can be finished or undone."""
        if self.undone_at is not None:
            return "undone"
        if any(step.undone is not None for step in self.steps):
            return "half undone"
        if any(step.after is None for step in self.steps):
            return "half applied"
        return "applied"


class Outcome(Value):
    """What became of one id."""

    id: str
    done: bool
    said: str  # what was done, or why nothing was


class Consolidated(Value):
    """Proposals, what was applied before, and what became of those named now."""

    proposals: tuple[Proposal, ...] = ()
    applications: tuple[Application, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    note: str = ""  # what proposals lack
