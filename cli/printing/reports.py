"""What was found as reports that other programs read: the one place for their forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cli.printing.junit import as_junit
from cli.printing.sarif import as_sarif
from memory.models.findings import Finding, RuleRow, Spot

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cli.forms.screen import Screen
    from memory.models.findings import Audit, Exempted
    from memory.review.lint import Fault


class Report(NamedTuple):
    """What is reported, whoever found it."""

    rules: Sequence[RuleRow]
    findings: Sequence[Finding]
    fixed: Sequence[Finding] = ()
    new: Collection[str] | None = None  # findings by id; None where nothing was compared
    exempted: Sequence[Exempted] = ()


def report_of_audit(found: Audit) -> Report:
    """The findings of an audit; those that are new since a commit are told apart."""
    new = set(found.new) if found.since else None
    return Report(found.rules, found.findings, found.fixed, new, found.exempted)


def report_of_faults(faults: Sequence[Fault]) -> Report:
    """The faults that `lint` finds in records."""
    rules = sorted({fault.rule for fault in faults})
    return Report(
        [RuleRow(rule=rule, about="", looked_at=0, found=0) for rule in rules],
        [
            Finding(
                id="",
                rule=fault.rule,
                severity="major",
                message=fault.what,
                spots=(Spot(file=fault.path, line=fault.line),),
                do=fault.do,
            )
            for fault in faults
        ],
    )


def print_report(screen: Screen, form: str, report: Report) -> None:
    """Print a report as "sarif" or as "junit"."""
    if form == "junit":
        screen.line(as_junit(report))
    else:
        screen.json(as_sarif(report))
