"""What is found in code: one identified thing that is so, with its evidence."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias, get_args

from pydantic import Field

from memory.models.code import Doubts
from memory.models.value import Value

Area: TypeAlias = Literal["security", "performance", "duplication", "consistency", "architecture"]
Severity: TypeAlias = Literal["minor", "major", "critical"]

AREAS: tuple[Area, ...] = get_args(Area)
SEVERITIES: tuple[Severity, ...] = get_args(Severity)  # the mildest first


class Spot(Value):
    """A place that is evidence for a finding."""

    file: str
    line: int
    last_line: int = 0  # 0 where it is a single line
    said: str = ""  # what is there, in a few words


class Finding(Value):
    """One thing that is so in the code of a commit or worktree."""

    id: str  # of what stays the same when lines move: "cycle-3f2a9c01"
    rule: str  # "architecture.cycle"
    severity: Severity
    message: str
    spots: tuple[Spot, ...]  # the first is where one would begin to look
    modules: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # what makes it the one it is: members, a route, an edge
    sure: bool = True  # what is less sure is told on demand
    do: str = ""  # what would settle it

    @property
    def area(self) -> str:
        """Which part of an audit it belongs to."""
        return self.rule.partition(".")[0]


class RuleRow(Value):
    """What a rule looked at, and what it could not tell."""

    rule: str
    about: str
    looked_at: int  # in the rule's own unit: routes, modules, checks
    found: int
    said: str = ""  # all of it in a number, in words: "4.1% of lines stand twice"
    judged: str = ""  # of those that are less sure: "125 of 216 were worth asking at once"
    cannot_tell: int = 0
    untold: tuple[Spot, ...] = ()  # where it cannot tell, and why; at most so many
    reasons: dict[str, int] = Field(default_factory=dict)  # why it cannot tell: in how many places

    @property
    def area(self) -> str:
        """Which part of an audit it belongs to."""
        return self.rule.partition(".")[0]


class Endpoint(Value):
    """What is known of access to an endpoint: each answer is yes, no or unknown, with evidence."""

    method: str
    path: str
    handler: str
    file: str
    line: int
    module: str
    public: bool  # open by its nature, going by its path
    auth: dict[str, str]
    authorisation: dict[str, str]
    validation: dict[str, str]
    rate_limit: dict[str, str]


class Exempted(Value):
    """A finding that the project lives with, until a day and for a reason."""

    finding: str
    reason: str
    until: str  # ISO; "" where there is no day


class Began(Value):
    """When a finding began, or a check ceased to hold.

    told: "exact": with `commit`, what came before has it not; "uncommitted": `commit`, the last
    one, has it not; or else why nobody can tell.
    """

    told: str
    commit: str = ""  # in full
    day: str = ""
    subject: str = ""
    merged: str = ""  # the merge that brought the commit to the main line


class Tristate(StrEnum):
    """Whether a check holds."""

    HOLDS = "holds"
    BROKEN = "does not hold"
    UNKNOWN = "cannot tell"


class CheckRow(Value):
    """A demand on the code, of a decision or a contract, and what comes of it."""

    said: str  # as it is written, or as its contract is called
    owner: str  # "0017 Orders own their table", "import-linter"
    citation: str  # where it is written
    answer: Tristate
    uid: str = ""  # of the decision
    reason: str = ""  # why it cannot be told
    broken_by: tuple[str, ...] = ()  # each in a sentence, with its place
    spots: tuple[Spot, ...] = ()  # of the first of these: an edge, or each of a chain
    began: Began | None = None  # when it ceased to hold; None where nobody asked
    first: str = ""  # what it was broken by then, as in `broken_by`


class Audit(Value):
    """The findings of a code base, the gravest first."""

    findings: tuple[Finding, ...]
    less_sure: int = 0  # that are left out
    exempted: tuple[Exempted, ...] = ()  # found, and left out
    since: str = ""  # the commit that it is compared with, in full
    new: tuple[str, ...] = ()  # ids of those that were not there at that commit
    fixed: tuple[Finding, ...] = ()  # those that were there
    rules: tuple[RuleRow, ...] = ()
    checks: tuple[CheckRow, ...] = ()  # where architecture is asked about, or all
    endpoints: tuple[Endpoint, ...] = ()  # all, where security is asked about
    doubts: Doubts = Doubts()


class DriftPoint(Value):
    """A code base in numbers, at a commit."""

    commit: str  # in full
    day: str  # of the commit, ISO
    metrics: dict[str, float]  # by name, see `Drift.formulas`


class Drift(Value):
    """How code came to be as it is."""

    points: tuple[DriftPoint, ...]  # the oldest first
    now: dict[str, float]  # of the worktree
    formulas: dict[str, str]  # what each number is
    left: int = 0  # points that were not looked at, as it was interrupted
    since: str = ""  # the first point's commit
    new: tuple[Finding, ...] = ()  # since then
    fixed: tuple[Finding, ...] = ()
    metric: str = ""  # that is asked for
    finding: Finding | None = None  # likewise
    began: Began | None = None
    doubts: Doubts = Doubts()
