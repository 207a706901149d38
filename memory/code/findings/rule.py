"""What a rule is: it looks at a code base and says what it found, and what it cannot tell."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from memory.code.flow import Flow
from memory.models.findings import Finding, RuleRow, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from memory.code.checks.check import Check
    from memory.code.checks.judging import JudgedCheck
    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase
    from memory.code.known import KnownCode
    from memory.code.tool_reports import Reports
    from memory.models.findings import Severity

    Tokens = Callable[[], Mapping[str, FileTokens]]  # of files by path, read when asked for

MOST_UNTOLD = 20


@dataclass(frozen=True)
class AuditSubject:
    """What rules look at."""

    code: CodeBase
    checks: Sequence[Check] = ()
    tokens: Tokens | None = None  # None where nobody reads them
    reported: Reports | None = None  # by other tools, of the code as it is

    @classmethod
    def of(cls, known: KnownCode) -> AuditSubject:
        """All that is known of some code."""
        return cls(known.base, known.checks, known.tokens, known.reported)

    @cached_property
    def judged(self) -> list[JudgedCheck]:
        """What comes of each check."""
        from memory.code.checks.judging import judge_all

        return judge_all(self.code, self.checks, self.tokens)

    @cached_property
    def flow(self) -> Flow:
        """Where its requests go."""
        return Flow(self.code)


@dataclass
class Seen:
    """What a rule says of a subject."""

    looked_at: int = 0  # in the rule's own unit
    findings: list[Finding] = field(default_factory=list)
    untold: list[Spot] = field(default_factory=list)  # where it cannot tell, and why
    said: str = ""  # all of it in a number, in words


class Rule(NamedTuple):
    """One thing that is looked for."""

    name: str  # "architecture.cycle": the area before the dot
    about: str  # in a line, for people
    look: Callable[[AuditSubject], Seen]
    version: int = 1  # one more whenever it says something else of the same code
    judged: str = ""  # how many of those that need `--all` were right, read at first sight

    @property
    def area(self) -> str:
        """Which part of an audit it belongs to."""
        return self.name.partition(".")[0]

    def row(self, seen: Seen) -> RuleRow:
        """What it looked at, in numbers."""
        return RuleRow(
            rule=self.name,
            about=self.about,
            looked_at=seen.looked_at,
            found=len(seen.findings),
            said=seen.said,
            judged=self.judged if seen.findings else "",
            cannot_tell=len(seen.untold),
            untold=tuple(seen.untold[:MOST_UNTOLD]),
            reasons=dict(Counter(one.said for one in seen.untold).most_common()),
        )


def finding(
    rule: str,
    parts: Sequence[str],
    message: str,
    spots: Sequence[Spot],
    *,
    severity: Severity = "major",
    modules: Sequence[str] = (),
    sure: bool = True,
    do: str = "",
) -> Finding:
    """A finding with its id.

    Args:
        rule: The name of the rule that finds it.
        parts: What makes it the one it is and outlives moved lines: names, never numbers of lines.
        message: What is so, in a sentence without a full stop.
        spots: Where.
        severity: How grave.
        modules: That it concerns.
        sure: Whether it is shown without being asked for.
        do: What would settle it.
    """
    return Finding(
        id=f"{rule.rpartition('.')[2]}-{_digest(parts)}",
        rule=rule,
        severity=severity,
        message=message,
        spots=tuple(spots),
        modules=tuple(modules),
        parts=tuple(parts),
        sure=sure,
        do=do,
    )


def _digest(parts: Sequence[str]) -> str:
    said = "\0".join(parts).encode("utf-8", "surrogateescape")
    return hashlib.blake2b(said, digest_size=5).hexdigest()
