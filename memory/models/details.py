"""What each kind of memory says beyond its title and text."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from memory.kinds.vocabulary import Kind, Status


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class _Details(_Value):
    @model_serializer(mode="wrap")
    def _always_say_the_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Without it `exclude_defaults` drops the one field that tells the kinds apart.
        return {"kind": self.__class__.model_fields["kind"].default, **handler(self)}


class Decision(_Details):
    """An architectural decision: what was chosen, why, and what follows from it."""

    kind: Literal[Kind.DECISION] = Kind.DECISION
    status: Status = Status.UNSTATED
    number: int | None = None  # as its file name or title gives it; not unique in real folders
    context: str = ""
    decision: str = ""
    alternatives: tuple[str, ...] = ()
    consequences: str = ""
    review_triggers: tuple[str, ...] = ()  # what should make us look at it again
    deciders: tuple[str, ...] = ()
    checks: tuple[
        str, ...
    ] = ()  # what it demands of the code, see `memory.code.checks.check_sentences`


class Move(_Value):
    """One thing that a refactoring moved."""

    what: str
    origin: str = ""
    destination: str = ""


FILES = "files"  # among the extra fields of a refactoring that git tells of: how many it changed


class Refactoring(_Details):
    """A change of structure: what moved where, why, and what it did."""

    kind: Literal[Kind.REFACTORING] = Kind.REFACTORING
    status: Status = Status.UNSTATED  # planned, done or reverted
    moved: tuple[Move, ...] = ()
    why: str = ""
    intended_effect: str = ""
    measured_effect: str = ""
    commits: tuple[str, ...] = ()
    reverted_by: str = ""  # a commit, or words
    revert_reason: str = ""


class Baseline(_Details):
    """One measurement of one metric in one environment."""

    kind: Literal[Kind.BASELINE] = Kind.BASELINE
    status: Status = Status.UNSTATED
    metric: str = Field(min_length=1)
    value: float | None = None  # None where the source has only prose
    value_text: str = ""  # as written: "500ms average", "<50ms"
    unit: str = ""
    spread: float | None = None  # standard deviation, in `unit`
    n: int | None = None  # number of measurements behind `value`
    better: Literal["lower", "higher", ""] = ""
    environment: str = ""
    commit: str = ""
    threshold: float | None = None  # in `unit`; past it the baseline is violated


class Note(_Details):
    """What an agent knows, or what is known of a module."""

    kind: Literal[Kind.NOTE] = Kind.NOTE
    status: Status = Status.UNSTATED
    topic: str = ""  # knowledge, patterns, dependencies, history … as the source calls it


class Flag(_Details):
    """Something one domain has to tell another."""

    kind: Literal[Kind.FLAG] = Kind.FLAG
    status: Status = Status.OPEN
    flag_type: str = ""
    sender: str = ""
    receivers: tuple[str, ...] = ()
    severity: Literal["critical", "high", "medium", "low", ""] = ""
    blocking: bool = False
    owner: str = ""
    due: AwareDatetime | None = None
    suggested_action: str = ""
    resolution: str = ""


class Lesson(_Details):
    """What was learned: something that works, something that does not, or how it is best done."""

    kind: Literal[Kind.LESSON] = Kind.LESSON
    status: Status = Status.UNSTATED
    form: Literal["pattern", "antipattern", "best_practice"] = "pattern"
    context: str = ""  # the situation in which it was learned
    outcome: str = ""
    issues: tuple[str, ...] = ()
    alternative: str = ""  # what works instead of an antipattern
    evidence_for: tuple[str, ...] = ()  # a line each: "run-k3f9x2ab 2026-03-01: p95 430 -> 380 ms"
    evidence_against: tuple[str, ...] = ()  # likewise
    review_triggers: tuple[str, ...] = ()  # what should make us look at it again


class Served(_Value):
    """A revision that a brief showed."""

    uid: str
    revision: int  # its number
    digest: str  # of what it said


class Measured(_Value):
    """What a run did to a metric."""

    metric: str
    before: float | None = None
    after: float | None = None
    unit: str = ""
    words: str = ""  # where the result gives no numbers


class Moved(_Value):
    """What an audit finds at the end of a run and not at its beginning, or the other way round.

    Each is told by its id and what is so; minor and less sure ones are left out.
    """

    fixed: tuple[str, ...] = ()
    began: tuple[str, ...] = ()


class Run(_Details):
    """One coordination: a task, what was known at its beginning, and what came of it."""

    kind: Literal[Kind.RUN] = Kind.RUN
    status: Status = Status.OPEN  # open until it is finished; then done or failed
    task: str = ""
    begun: AwareDatetime | None = None  # its revisions hold from when they were kept
    commit: str = ""  # full hash of what was checked out at its beginning
    brief: str = ""  # hash of the text that was served; "" where none was
    served: tuple[Served, ...] = ()
    approach: str = ""
    situation: str = ""
    metrics: tuple[Measured, ...] = ()
    issues: tuple[str, ...] = ()
    alternative: str = ""
    lessons: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()  # that it made
    findings: Moved = Moved()
    learned: bool = False  # whether lessons were drawn from it
    plan: str = ""  # uid of the plan of which it does a step
    step: int | None = None  # the number of that step, from 1 over all phases


class GateValue(_Value):
    """What a gate measured at a moment; other gates have no number."""

    gate: str
    value: float


class PlannedStep(_Value):
    """One thing that a phase does."""

    text: str = Field(min_length=1, max_length=4_000)
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()  # that it touches, where they are known
    agent: str = ""  # who does it
    after: tuple[int, ...] = ()  # numbers of steps of the plan that have to be done before
    way_back: str = ""  # its own, where that of its phase does not do
    citations: tuple[str, ...] = ()  # what it rests on
    status: Status = Status.PLANNED  # then open, done or reverted


class PlannedPhase(_Value):
    """Steps that are done before the next phase begins, and what has to hold then."""

    name: str = Field(min_length=1, max_length=200)
    steps: tuple[PlannedStep, ...] = ()
    gates: tuple[str, ...] = ()
    integration_points: tuple[str, ...] = ()  # what those who work on it have to agree upon
    agents: tuple[str, ...] = ()  # who works on it beside the agents of its steps
    way_back: str = ""
    duration: str = ""  # as the plan says it
    status: Status = Status.PLANNED  # then open, done or reverted
    begun: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    commit: str = ""  # what was checked out when it began: a full hash
    reason: str = ""  # why it was taken back, or went on though something spoke against it
    at_start: tuple[GateValue, ...] = ()  # when the plan was made, and anew when the phase began


class PhasedPlan(_Details):
    """A plan that is followed: phases with steps, gates that can be run, and ways back."""

    kind: Literal[Kind.PLAN] = Kind.PLAN
    status: Status = Status.OPEN  # until it is closed; then done or failed
    request: str = ""
    commit: str = ""  # full hash of what was checked out when it was made
    phases: tuple[PlannedPhase, ...] = ()
    outcome: str = ""


Details = Annotated[
    Decision | Refactoring | Baseline | Note | Flag | Lesson | Run | PhasedPlan,
    Field(discriminator="kind"),
]

#: The class of each kind's details.
DETAILS: dict[Kind, type[Details]] = {
    each.model_fields["kind"].default: each for each in get_args(get_args(Details)[0])
}
