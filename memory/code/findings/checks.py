"""Checks that the code does not keep to, and exemptions of contracts that exempt nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.code.checks.check_sentences import LONGEST
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.models.findings import Spot
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from memory.code.checks.check import Check


def _broken(subject: AuditSubject) -> Seen:
    """A finding for each thing that a check is broken by, so that a new one is told as new."""
    seen = Seen(len(subject.checks))
    for check, verdict in subject.judged:
        of = check.id  # beside each part: an edge of another check is another finding
        for one in verdict.violations:
            seen.findings.append(
                finding(
                    "architecture.broken-check",
                    [f"{part}:{of}" for part in one.parts],
                    f'{one.message}: {check.owner} says "{check.said}"',
                    (*one.spots, _of(check)),
                    severity=check.severity,
                    modules=one.modules,
                )
            )
        if verdict.untold and not verdict.violations:
            seen.untold.append(_of(check, f"{shortened(check.said, LONGEST)}: {verdict.untold}"))
    return seen


def _stale(subject: AuditSubject) -> Seen:
    seen = Seen(len(subject.checks))
    for check, verdict in subject.judged:
        for exemption in verdict.stale:
            seen.findings.append(
                finding(
                    "architecture.stale-exemption",
                    [f"{exemption}:{check.id}"],
                    f'"{exemption}" exempts nothing: {check.owner}, {check.said}',
                    [_of(check)],
                    severity="minor",
                    do="take it out of the contract",
                )
            )
    return seen


def _of(check: Check, said: str = "") -> Spot:
    return Spot(file=check.file, line=check.line, said=said or f"{check.owner}: {check.said}")


RULES = (
    Rule("architecture.broken-check", "decisions and contracts that the code breaks", _broken),
    Rule("architecture.stale-exemption", "exemptions of contracts that exempt nothing", _stale),
)
