"""Findings as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.printing.checks import check_words, since_words
from cli.printing.code import doubts_words
from memory.models.findings import Tristate
from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cli.forms.screen import Screen
    from memory.models.findings import Audit, Finding

MOST_SPOTS = 4  # of one finding; the JSON has all
_REASONS = 2  # why a rule cannot tell; the JSON has all
_INDENT = " " * 9
_COLOURS = {"critical": "red", "major": "yellow", "minor": "bright_black"}


def print_audit(screen: Screen, found: Audit) -> None:
    """Print the findings, the gravest first, each with its evidence."""
    new = set(found.new)
    for one in found.findings:
        print_finding(screen, one, "new" if one.id in new else "")
    for one in found.fixed:
        print_finding(screen, one, "fixed")
    for check in found.checks:
        if check.answer is Tristate.BROKEN and (since := since_words(check)):
            mark = " " if since.startswith("since ") else "; "
            screen.line(one_line(f"{check_words(check)} does not hold{mark}{since}"))


def print_finding(screen: Screen, one: Finding, mark: str = "") -> None:
    """Print one finding: how grave, what, and where."""
    grave = screen.styled(one.severity.ljust(8), fg=_COLOURS[one.severity])
    said = f" {screen.styled(mark, bold=True)}" if mark else ""
    screen.line(f"{grave} {screen.styled(one.id, fg='cyan')}{said} {one_line(one.message)}")
    for spot in one.spots[:MOST_SPOTS]:
        last = f"-{spot.last_line}" if spot.last_line > spot.line else ""
        screen.line(_INDENT + one_line(f"{spot.file}:{spot.line}{last} {spot.said}".rstrip()))
    if (more := len(one.spots) - MOST_SPOTS) > 0:
        screen.line(f"{_INDENT}and {more} more")
    if one.do:
        screen.line(_INDENT + one_line(one.do))


def audit_words(found: Audit) -> Iterator[str]:
    """What is to be said beside the findings: counts, and what could not be told."""
    if not any(row.looked_at for row in found.rules):
        yield "Nothing that could be looked at was found."
    total = counted(len(found.findings), "finding") if found.findings else "Nothing found"
    since = f", {len(found.new)} new and {len(found.fixed)} fixed since {found.since[:12]}"
    less = f"; {found.less_sure} less sure are left out (--all)" if found.less_sure else ""
    exempt = f"; {len(found.exempted)} exempted" if found.exempted else ""
    yield f"{total}{since if found.since else ''}{less}{exempt}."
    whole = len({row.area for row in found.rules}) > 1
    for row in found.rules:
        if row.said and not (whole and row.area == "consistency"):  # what is usual is no news
            yield f"{row.rule}: {row.said}."
    for row in found.rules:
        if row.judged:
            yield f"{row.rule}, less sure ones: read in other projects, {row.judged}."
    for row in found.rules:
        if not row.cannot_tell or (whole and row.area == "consistency"):
            continue
        why = "; ".join(
            f"{reason} ({number})" if len(row.reasons) > 1 else reason
            for reason, number in [*row.reasons.items()][:_REASONS]
        )
        yield f"{row.rule}: cannot tell for {row.cannot_tell} of {row.looked_at}: {why}."
    looked = {row.area for row in found.rules if row.looked_at}
    if looked and (empty := sorted({row.area for row in found.rules} - looked)):
        yield (
            f"Nothing to look at was seen: {', '.join(empty)}; "
            "that says nothing of libraries that are not known."
        )
    yield f"Of the code: {doubts_words(found.doubts)}"
