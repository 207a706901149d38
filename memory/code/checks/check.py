"""What a check is: a demand on the code, with who makes it and where; and what comes of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from memory.models.findings import Tristate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.code.checks.web import Webs
    from memory.models.findings import Severity, Spot


class CannotTell(Exception):
    """What a check asks cannot be evaluated on this code; the message is the reason."""


@dataclass(frozen=True)
class Violation:
    """One thing by which a check does not hold."""

    parts: tuple[str, ...]  # what makes it the one it is: the ends of an edge, a route, a number
    message: str  # "orders.views imports billing.models"
    spots: tuple[Spot, ...]  # the edge, or each of a chain
    modules: tuple[str, ...] = ()


@dataclass
class CheckVerdict:
    """Whether a check holds."""

    violations: Sequence[Violation] = ()
    untold: str = ""  # why it cannot be told where nothing speaks against it
    stale: Sequence[str] = ()  # exemptions that exempt nothing

    @property
    def answer(self) -> Tristate:
        """What it comes to: one violation is enough, and doubt is no "holds"."""
        if self.violations:
            return Tristate.BROKEN
        return Tristate.UNKNOWN if self.untold else Tristate.HOLDS


class CodeDemand(Protocol):
    """What a check asks of code."""

    def judge(self, webs: Webs) -> CheckVerdict:
        """Whether code keeps to it.

        Raises:
            CannotTell: it names what is not there, or asks what nobody knows.
        """


@dataclass(frozen=True)
class Check:
    """One demand on the code."""

    said: str  # as it is written, or as its contract is called
    demand: CodeDemand
    owner: str  # "0017 Orders own their table", "import-linter"
    file: str
    line: int
    uid: str = ""  # of the decision that makes it
    kind: str = "decision"  # or the tool whose contract it is
    severity: Severity = "major"  # of what breaks it

    @property
    def citation(self) -> str:
        """Where it is written."""
        return f"{self.file}:{self.line}" if self.file else ""

    @property
    def id(self) -> str:
        """Equal for the same words of the same decision or tool, wherever they stand."""
        said = f"{self.uid or self.kind}\0{self.said}"
        return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=4).hexdigest()


@dataclass(frozen=True)
class NotEvaluated:
    """A demand that is written down and that nobody here can evaluate."""

    reason: str

    def judge(self, webs: Webs) -> CheckVerdict:  # noqa: ARG002 - whatever the code says
        """Never tells."""
        raise CannotTell(self.reason)


def digest(checks: Iterable[Check]) -> str:
    """Equal for checks that demand the same, wherever they are written."""
    said = "\n".join(sorted(repr((one.id, one.demand)) for one in checks))
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=6).hexdigest()


def judge(check: Check, webs: Webs) -> CheckVerdict:
    """Whether a check holds; where it cannot be evaluated, the verdict says why."""
    try:
        return check.demand.judge(webs)
    except CannotTell as reason:
        return CheckVerdict(untold=str(reason))
