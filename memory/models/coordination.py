"""What a coordinator is told: whether a task is its own, and what is known for it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field, JsonValue

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


class MayChange(Value):
    """A file that a task is likely to change: foreseen and not known."""

    path: str
    reason: str  # what speaks for it


class TaskOwner(Value):
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
    owner: TaskOwner | None = None  # of a local task; None where nobody is known for it
    similar: tuple[SimilarChange, ...] = ()  # the likest first
    may_change: tuple[MayChange, ...] = ()  # of a task in words: the likeliest first
    chance: float | None = None  # that it is systemic, by what changes like it were; None: too few
    doubts: Doubts = Doubts()


class Request(Value):
    """What somebody asks a coordinator for."""

    to: str = "coordinator-backend"
    request: str = ""  # what kind of answer: "systemic_analysis"
    query: str = Field(min_length=1, max_length=20_000)
    context: dict[str, JsonValue] = Field(default_factory=dict)  # reason, timeline, constraints


class Statement(Value):
    """Something that is so, with what it rests on."""

    text: str
    value: float | None = None
    citations: tuple[str, ...]  # "file:line", a memory's citation, a commit, or the formula


class CoordinationRisk(Value):
    """What may go wrong, as something that is known says."""

    risk: str
    severity: Literal["HIGH", "MED", "LOW"]
    citations: tuple[str, ...]
    mitigation: str = "unknown"  # by what was learned; nobody's guess
    mitigation_citations: tuple[str, ...] = ()


class PlanStep(Value):
    """One step of a phase, for a reason that is known."""

    text: str
    modules: tuple[str, ...] = ()
    agent: str = ""  # who knows the module best; "" where nobody is known
    citations: tuple[str, ...] = ()


class Phase(Value):
    """One of the phases of a migration."""

    name: Literal["preparation", "parallel run", "migration", "cleanup"]
    steps: tuple[PlanStep, ...]
    way_back: str
    gates: tuple[str, ...]  # what has to hold before the next one, as archmem can check it


class Effort(Value):
    """What changes like it took: medians, with the quarter below and above."""

    changes: int  # that it is taken from
    basis: str  # which these are
    files: tuple[float, float, float]  # lower quartile, median, upper quartile
    commits: tuple[float, float, float]
    days: tuple[float, float, float] | None  # from the first commit to the merge; None: unknown
    citations: tuple[str, ...]  # commits


class Part(Value):
    """One side of what is asked for, worked out; the most important statement first."""

    title: str
    statements: tuple[Statement, ...]


class Published(Value):
    """A definition of a service that other parts use: a part of its contract."""

    name: str
    kind: str  # class, function, ...
    file: str
    line: int
    users: dict[str, int]  # by part: how many places in it use it
    places: tuple[str, ...]  # the first of them, "file:line"


class ServiceTable(Value):
    """A table that a service would own, and who else touches it."""

    table: str
    file: str
    line: int
    others: tuple[Statement, ...]  # other parts that read or write it
    keys: tuple[Statement, ...] = ()  # tables of other parts that point at it


class Service(Value):
    """A part of the code that could run by itself."""

    name: str
    kind: Literal["service", "library"]  # a library serves no route and owns no table
    files: int
    lines: int
    modules: dict[str, int]  # by name: how many of its files are theirs
    near: tuple[str, ...]  # files of others in the bounded context that most of it is in
    routes: tuple[Statement, ...]
    tables: tuple[ServiceTable, ...]
    foreign_tables: tuple[Statement, ...]  # of other parts, that it reads or writes
    published: tuple[Published, ...]  # the most used first
    needs: dict[str, int]  # imports of each other part
    needed_by: dict[str, int]  # imports by each other part
    phases: tuple[Phase, ...]  # none of a library
    effort: Effort | None = None  # of extractions before it; None where too few are known


class Partition(Value):
    """A partition of the code in numbers; see `Extraction.formulas`."""

    name: str
    parts: int
    structural_modularity: float | None
    calls_across: float | None
    interfaces: float
    not_extreme: float


class Extraction(Value):
    """Which services code could be parted into, in the order in which they would go."""

    services: tuple[Service, ...]
    cuts: tuple[Statement, ...]  # without which there is no order, the cheapest of one part first
    exact: bool  # whether no cheaper cuts exist; else the best that were found
    partitions: tuple[Partition, ...]  # as it is proposed, and as the modules are
    formulas: dict[str, str]


class Coordination(Value):
    """The answer to a request; nothing in it is without a citation."""

    sender: str = Field("coordinator-backend", serialization_alias="from")
    query: str
    family: str  # what it is about; "" where its words do not say
    about: tuple[str, ...]  # what of the code it names
    current_state: tuple[Statement, ...]
    affected_modules: tuple[str, ...]
    breaks_immediately: tuple[Statement, ...]  # what uses it: if that changes which is used
    degrades: tuple[Statement, ...]  # what relies on that
    routes: tuple[Statement, ...]
    tables: tuple[Statement, ...]
    tests: tuple[Statement, ...]
    governed_by: tuple[Statement, ...]  # decisions that hold
    risks: tuple[CoordinationRisk, ...]
    worked_out: tuple[Part, ...] = ()  # what its family asks for beyond that
    migration_plan: tuple[Phase, ...]
    extraction: Extraction | None = None  # where services are asked for
    effort: Effort | None  # None where too few changes were like it
    unknown: tuple[str, ...]  # what neither code nor memory can tell, and why
    doubts: Doubts
