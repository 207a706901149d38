"""A plan's steps, and what is known that bears on each."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from memory.models.selection import Names
from memory.models.value import Value

LONGEST_STEP = 4_000  # characters; a model reads the first thousand
MOST_STEPS = 500


class Step(Value):
    """One thing that a plan means to do."""

    text: Annotated[str, Field(min_length=1, max_length=LONGEST_STEP)]
    modules: Names = ()  # that it touches; where it names none, they are looked for in the text
    rationale: Annotated[str, Field(max_length=LONGEST_STEP)] = ""
    line: int | None = None  # of the plan's file, from 1


class Plan(Value):
    """What somebody means to do, in its order."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_STEPS)]


class Verdict(StrEnum):
    """What memory says to a step."""

    OK = "ok"  # it evidently does what was decided, or takes away what ended
    UNKNOWN = "unknown"  # nothing is known to bear on it, or nobody could look
    GOVERNED = "governed"  # a decision bears on it, in force or unstated: it is to be read
    CONFLICT = "conflict"  # it evidently proposes what ended or was refused, or what a decision …
    # … in force forbids or decided otherwise


class Ground(StrEnum):
    """Why a memory is cited for a step."""

    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    DEPRECATED = "deprecated"
    REVERTED = "reverted"  # it was tried, and undone
    ANTIPATTERN = "antipattern"
    FORBIDDEN = "forbidden"  # by a decision that holds
    REPLACED = "replaced"  # by a decision that holds
    NOT_CHOSEN = "not chosen"  # considered for a decision that holds
    DECIDED = "decided otherwise"  # another thing was chosen for the same
    TAKEN = "takes away"  # what a decision that holds demands
    KEPT = "as decided"  # it does what a decision demands, or takes away what is not to be
    GOVERNS = "governs"  # a decision in force
    BEARS = "bears on it"  # a decision of which nobody states whether it is in force
    NEAR = "near"  # about the same, and not evidently what the step proposes
    FLAG = "blocking flag"
    OPEN = "open flag"  # about what the step does
    BASELINE = "baseline at risk"
    STALE = "stale premise"


class Cited(Value):
    """A memory, and where its words stand."""

    uid: str
    title: str
    citation: str  # `path:line`; the commit, or who recorded it, when no file holds it


class StepFinding(Value):
    """A memory that bears on a step, and why."""

    ground: Ground
    cited: Cited
    conflicts: bool = False
    likely: float | None = None  # that the step proposes it, 0 to 1; of conflicts only
    reason: str  # in words that make sense behind the title
    sentence: str = ""  # of the memory, that decides; the citation is where it stands
    instead: tuple[Cited, ...] = ()  # what holds, or works, in its place


class CheckedStep(Value):
    """A step, and what memory says to it."""

    number: int  # from 1
    step: Step
    modules: tuple[str, ...] = ()  # that it names, or its text does
    proposes: str  # the part of its text that is to be; "" where nothing is
    leaves: str = ""  # the part that is to be no more
    unclear: str = ""  # the part of which nobody can tell by its words what is done to it
    verdict: Verdict
    findings: tuple[StepFinding, ...] = ()  # conflicts first, then in the order of `Ground`


class CheckedPlan(Value):
    """What memory says to a plan: to each step, and the worst of it."""

    verdict: Verdict  # the worst: conflict, governed, unknown, ok
    steps: tuple[CheckedStep, ...]
    complete: bool = True
    reason: str = ""  # why it is not complete
