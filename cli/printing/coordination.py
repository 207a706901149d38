"""What a coordinator is told, as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory.texts.formatting import counted
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cli.forms.screen import Screen
    from memory.models.coordination import Coordination, Extraction, Service, Statement, Triage

_MOST = 5  # of one list; the JSON has all

_COLOURS = {"systemic": "yellow", "local": "green", "cannot tell": "bright_black"}
_MOST_SIMILAR = 5
_MOST_ROWS = 10  # of one list; the JSON has all


def print_triage(screen: Screen, found: Triage) -> None:
    """Print the verdict, the questions that made it, and changes that were like it."""
    verdict = screen.styled(found.verdict, fg=_COLOURS[found.verdict], bold=True)
    screen.line(f"{verdict}: {one_line(found.reason)}")
    if found.owner:
        screen.line(one_line(f"goes to {found.owner.agent}: {found.owner.reason}"))
    elif found.verdict == "local":
        screen.line("no agent is known for it")
    for one in found.indicators:
        if one.answer != "no" or one.citations:
            screen.line(f"  {one_line(f'{one.answer:7} {one.question} {one.reason}')}")
            for citation in one.citations:
                screen.line(f"          {one_line(citation)}")
    if found.may_change:
        screen.line("  may change, as foreseen by names and by changes like it:")
    for likely in found.may_change:
        screen.line(f"          {one_line(f'{likely.path} ({likely.reason})')}")
    if found.similar:
        screen.line("  changes like it:")
    for change in found.similar[:_MOST_SIMILAR]:
        touched = f"{counted(change.modules, 'module')}, {counted(change.files, 'file')}"
        schema = ", schema" if change.changes_schema else ""
        said = f"{change.day} {change.commit[:10]} {change.subject}: {touched}{schema}"
        screen.line(f"          {one_line(said)}")


def print_coordination(screen: Screen, found: Coordination) -> None:
    """Print an answer by its parts; what is empty is left out."""
    about = f", about {', '.join(found.about)}" if found.about else ""
    screen.line(
        screen.styled(one_line(f"{found.family or 'of no known family'}{about}"), bold=True)
    )
    for heading, rows in (
        ("Current state", found.current_state),
        ("Relies on it directly: breaks where what it uses changes", found.breaks_immediately),
        ("Relies on it over others: may degrade", found.degrades),
        ("Routes", found.routes),
        ("Tables", found.tables),
        ("Tests", found.tests),
        ("Governed by", found.governed_by),
    ):
        _statements(screen, heading, rows)
    if found.affected_modules:
        screen.line("")
        screen.line(one_line(f"Modules: {', '.join(found.affected_modules)}"))
    for part in found.worked_out:
        _statements(screen, part.title, part.statements)
    if found.extraction:
        print_extraction(screen, found.extraction)
    _risks(screen, found)
    before: tuple[str, ...] = ()
    for phase in found.migration_plan:
        screen.line("")
        screen.line(screen.styled(phase.name, bold=True))
        for step in phase.steps:
            agent = f" [{step.agent}]" if step.agent else ""
            screen.line(f"  - {one_line(f'{step.text}{agent}')}")
        screen.line(f"  way back: {one_line(phase.way_back)}")
        told = phase.gates if phase.gates != before else ("as before",)
        before = phase.gates
        for gate in told:
            screen.line(f"  gate: {one_line(gate)}")
    screen.line("")
    if effort := found.effort:
        screen.line(
            f"Effort, by {effort.changes} {effort.basis}: "
            f"{_spread(effort.files)} files, {_spread(effort.commits)} commits, "
            + (f"{_spread(effort.days)} days" if effort.days else "days unknown")
        )
    for one in found.unknown:
        screen.line(one_line(f"unknown: {one}"))


def _statements(screen: Screen, title: str, rows: Sequence[Statement]) -> None:
    if not rows:
        return
    screen.line("")
    screen.line(screen.styled(title, bold=True))
    for one in rows[:_MOST_ROWS]:
        screen.line(f"  {one_line(f'{one.text}  ({one.citations[0]})')}")
    if len(rows) > _MOST_ROWS:
        screen.line(f"  and {len(rows) - _MOST_ROWS} more")


def _risks(screen: Screen, found: Coordination) -> None:
    if found.risks:
        screen.line("")
        screen.line(screen.styled("Risks", bold=True))
    for one in found.risks[:_MOST_ROWS]:
        cited = f" ({one.citations[0]})" if one.citations else ""
        screen.line(f"  {one_line(f'{one.severity:4} {one.risk}{cited}')}")
        if one.mitigation != "unknown":
            screen.line(f"       {one_line(one.mitigation)}")
    if len(found.risks) > _MOST_ROWS:
        screen.line(f"  and {len(found.risks) - _MOST_ROWS} more")


def _spread(values: tuple[float, float, float]) -> str:
    low, middle, high = values
    return f"{middle:g} ({low:g} to {high:g})"


def print_extraction(screen: Screen, found: Extraction) -> None:
    """Print how good the partition is, the cuts, and each service in its order."""
    screen.line("")
    screen.line(screen.styled("As services", bold=True))
    screen.line(f"  {'partition':<18}{'parts':>6}{'SM':>8}{'ICP':>7}{'IFN':>7}{'NED':>7}")
    for each in found.partitions:
        numbers = (
            f"{_number(each.structural_modularity):>8}{_number(each.calls_across):>7}"
            f"{each.interfaces:>7.1f}{each.not_extreme:>7.2f}"
        )
        screen.line(f"  {each.name:<18}{each.parts:>6}{numbers}")
    told = "SM modularity and NED files in parts of 5 to 100: more is better; ICP calls across, IFN"
    screen.line(screen.styled(f"  {told} definitions used across: less is", dim=True))
    if found.cuts:
        least = "none are cheaper" if found.exact else "there may be cheaper ones"
        screen.line(f"  {counted(len(found.cuts), 'cut')} before an order exists ({least}):")
    for cut in found.cuts[:_MOST]:
        screen.line(f"    {one_line(f'{cut.text}  ({cut.citations[0]})')}")
    if (more := len(found.cuts) - _MOST) > 0:
        screen.line(f"    and {more} more")
    for number, one in enumerate(found.services, 1):
        _print_service(screen, number, one)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _print_service(screen: Screen, number: int, one: Service) -> None:
    title = screen.styled(one_line(f"{number}. {one.name}"), bold=True)
    kind = "" if one.kind == "service" else " (a library: no routes, no tables)"
    screen.line(f"{title}{kind}: {counted(one.files, 'file')}, {one.lines:,} lines")
    rows = [
        ("modules", _counts(one.modules)),
        ("routes", _list([each.text.partition(" -> ")[0] for each in one.routes])),
        (
            "tables",
            _list([f"{each.table}{_shared((*each.others, *each.keys))}" for each in one.tables]),
        ),
        ("contract", _list([f"{each.name} ({_counts(each.users)})" for each in one.published])),
        ("needs", _counts(one.needs)),
        ("needed by", _counts(one.needed_by)),
        ("near it", _list(one.near)),
    ]
    for name, told in rows:
        if told:
            screen.line(f"   {name:<10}{one_line(told)}")


def _shared(others: Sequence[object]) -> str:
    return f" (elsewhere too: {counted(len(others), 'place')})" if others else ""


def _counts(found: Mapping[str, int]) -> str:
    return _list([f"{name} {count}" for name, count in found.items()])


def _list(found: Sequence[str]) -> str:
    more = len(found) - _MOST
    return ", ".join(found[:_MOST]) + (f" and {more} more" if more > 0 else "")
