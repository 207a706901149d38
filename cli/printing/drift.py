"""Trends of code, and when findings began, as they are printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.printing.findings import print_finding
from cli.printing.plots import row, scale_for, sparkline
from memory.texts.formatting import spoken
from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from cli.forms.screen import Screen
    from memory.models.findings import Began, Drift

_SPARK = 14  # columns
_MOST = 10  # findings that are shown of each sort


def print_drift(screen: Screen, found: Drift) -> None:
    """Print what was asked for: a finding's beginning, one metric, or all of them."""
    if found.finding and found.began:
        print_finding(screen, found.finding)
        screen.line(_began(found.began))
    elif found.metric:
        _print_metric(screen, found)
    else:
        _print_all(screen, found)
        _print_changes(screen, found)


def _began(began: Began) -> str:
    commit = one_line(f"{began.commit[:12]} of {began.day}, {began.subject!r}")
    if began.told == "exact":
        merged = f", merged with {began.merged[:12]}" if began.merged else ""
        return f"Began with commit {commit}{merged}; what came before has it not."
    if began.told == "uncommitted":
        return f"Not committed yet: the last commit, {commit}, has it not."
    return f"Cannot tell when it began: {began.told}."


def _print_all(screen: Screen, found: Drift) -> None:
    days = [point.day for point in found.points]
    if days:
        screen.line(screen.styled(f"{'':18}{days[0]:>12}{'now':>12}{'change':>10}", bold=True))
    for name, value in found.now.items():
        series = [point.metrics[name] for point in found.points if name in point.metrics]
        first = series[0] if series else value
        change = value - first
        said = "" if not change else f"{change:+,.10g}"
        line = sparkline([*series, value], width=_SPARK)
        screen.line(f"{spoken(name):18}{first:>12,.10g}{value:>12,.10g}{said:>10}  {line}")


def _print_metric(screen: Screen, found: Drift) -> None:
    screen.line(f"{spoken(found.metric)}: {found.formulas[found.metric]}")
    rows = [
        (point.day, point.commit[:8], point.metrics[found.metric])
        for point in found.points
        if found.metric in point.metrics
    ]
    rows.append(("now", "", found.now[found.metric]))
    scale = scale_for(value for *_, value in rows)
    width = max(20, screen.terminal.width - 36)
    for day, commit, value in rows:
        drawn = row(scale, width, value, spread=None, threshold=None)
        screen.line(f"{day:10} {commit:8} {value:>12,.10g}  {drawn}".rstrip())


def _print_changes(screen: Screen, found: Drift) -> None:
    for mark, findings in (("new", found.new), ("fixed", found.fixed)):
        if findings:
            screen.line("")
        for one in findings[:_MOST]:
            print_finding(screen, one, mark)
        if (more := len(findings) - _MOST) > 0:
            screen.line(f"and {more} more that are {mark} since {found.since[:12]}")
