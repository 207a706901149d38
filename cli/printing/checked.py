"""A checked plan as calm blocks: each step's verdict, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cli.forms.screen import indented, line, print_whole
from memory.models.plan import Ground, Verdict
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from cli.forms.screen import Screen
    from memory.models.plan import CheckedPlan, CheckedStep, Cited, StepFinding

CONFLICT = 3  # what the command ends with, so that a build can tell
_INDENT = 4
_SHOWN = 3  # findings of one ground that are told of one step; `--json` has them all
_STYLES = {
    Verdict.OK: "green",
    Verdict.UNKNOWN: "dim",
    Verdict.GOVERNED: "yellow",
    Verdict.CONFLICT: "bold red",
}
_WARNING = frozenset({Ground.FLAG, Ground.OPEN, Ground.BASELINE, Ground.STALE})


def print_checked(screen: Screen, checked: CheckedPlan) -> None:
    """Print each step with its findings, and the plan's verdict at the end."""
    for step in checked.steps:
        _print_step(screen.console, step)
        screen.line("")
    counts = {
        verdict: sum(step.verdict is verdict for step in checked.steps)
        for verdict in (Verdict.CONFLICT, Verdict.GOVERNED, Verdict.UNKNOWN, Verdict.OK)
    }
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count)
    screen.console.print(
        Text.assemble(
            (str(checked.verdict), _STYLES[checked.verdict]),
            f" · {counted(len(checked.steps), 'step')}: {told}",
        )
    )


def _print_step(console: Console, step: CheckedStep) -> None:
    verdict = Text(f"{step.verdict:<9}", _STYLES[step.verdict])
    head = Text.assemble(f"{step.number:>2}. ", verdict)
    said = line(step.step.text, "bold").wrap(console, max(20, console.width - head.cell_len))
    for number, part in enumerate(said):
        part.rstrip()
        console.print(Text.assemble(head if number == 0 else " " * head.cell_len, part))
    if step.modules:
        console.print(indented(line(f"touches {', '.join(step.modules)}", "dim"), _INDENT))
    if words := _why_unknown(step):
        console.print(indented(line(words, "dim"), _INDENT))
    for ground in Ground:
        of_ground = [finding for finding in step.findings if finding.ground is ground]
        _print_some(console, of_ground)


def _print_some(console: Console, findings: Sequence[StepFinding]) -> None:
    for finding in findings[:_SHOWN]:
        _print_finding(console, finding)
    if len(findings) > _SHOWN:
        more = f"and {len(findings) - _SHOWN} more of this sort"
        console.print(indented(line(more, "dim"), _INDENT))


def _print_finding(console: Console, finding: StepFinding) -> None:
    style = "red" if finding.conflicts else "yellow" if finding.ground in _WARNING else "dim"
    title = Text.assemble((f"{finding.ground}: ", style), line(finding.cited.title))
    console.print(indented(title, _INDENT))
    _print_place(console, finding.cited)
    if finding.sentence and finding.sentence != finding.cited.title:
        quoted = line(f"“{finding.sentence}”", "italic")
        console.print(indented(quoted, _INDENT + 2))
    console.print(indented(line(finding.reason), _INDENT + 2))
    for cited in finding.instead:
        holds = Text.assemble(("in its place: ", "green"), line(cited.title))
        console.print(indented(holds, _INDENT + 2))
        _print_place(console, cited)


def _why_unknown(step: CheckedStep) -> str:
    """Why nobody can tell, where no finding says so itself."""
    grounds = {finding.ground for finding in step.findings}
    if step.verdict is not Verdict.UNKNOWN:
        return ""
    if grounds & {Ground.GOVERNS, Ground.BEARS, Ground.NEAR}:
        return "what is known of it is told below; whether the step keeps to it cannot be told"
    return "no decision or lesson is known to bear on it"


def _print_place(console: Console, cited: Cited) -> None:
    """Where a memory stands, and its uid: on a line of its own where both are too wide for one."""
    before = " " * (_INDENT + 2)
    where = Text(before + line(cited.citation).plain, "cyan")
    uid = Text(line(cited.uid).plain, "dim")
    if where.cell_len + uid.cell_len + 3 <= console.width:
        print_whole(console, Text.assemble(where, (" · ", "dim"), uid))
    else:
        print_whole(console, where)
        print_whole(console, Text.assemble(before, uid))
