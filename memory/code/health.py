"""How a code base is on one page: what its metrics, findings and reports say, and since when."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory.code.coupling import couplings
from memory.code.coverage import share
from memory.code.inventory import doubts, unread_facts
from memory.code.metrics import METRICS, measure
from memory.models.coordination import Statement
from memory.models.health import Debt, Health, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.code.known import KnownCode
    from memory.models.findings import Finding
    from memory.models.series import Series

MOST = 10
_SIZES = frozenset({"files", "lines", "modules", "routes", "tables"})  # neither good nor bad
_BY_LIBRARIES = frozenset({"routes", "tables"})  # of those that are known, which are not all
_NONE_SEEN = "none was seen, which says nothing of libraries that are not known"
_SHARES = {
    "coupled": ("couplings", "ordered pairs of modules of which one imports the other / all pairs"),
    "in cycles": ("modules_in_cycles", "modules in a cycle / modules"),
    "open routes": ("routes_open", "routes that certainly have no authentication / routes"),
    "untold routes": ("routes_unknown", "routes of which it cannot be told / routes"),
}


def health(
    known: KnownCode,
    findings: Sequence[Finding],
    past: Sequence[tuple[str, Mapping[str, float]]],
    violated: Sequence[Series],
) -> Health:
    """The page.

    Args:
        known: The code.
        findings: All that the rules find.
        past: Metrics of commits and runs before, with their days, the oldest first.
        violated: Series of baselines whose newest measurement is past its threshold.
    """
    code = known.base
    now = measure(code, findings)
    return Health(
        measures=tuple(_measures(now, past, known)),
        couplings=tuple(couplings(code, known.together)),
        bottlenecks=(*_violated(violated), *_burdens(findings), *_hotspots(code, known.together)),
        debt=tuple(_debt(findings)),
        doubts=doubts(code),
    )


def _measures(
    now: Mapping[str, float], past: Sequence[tuple[str, Mapping[str, float]]], known: KnownCode
) -> Iterator[Measure]:
    unread = unread_facts(known.base)
    for name, (counted, formula) in _SHARES.items():
        series = [
            (day, value) for day, each in past if (value := _share(each, counted)) is not None
        ]
        doubt = "of those that are read" if counted.partition("_")[0] in unread else ""
        yield _measure(name, _share(now, counted), formula, series, doubt, is_share=True)
    for name, formula in METRICS.items():
        sort = name.partition("_")[0]  # of `routes_open` as of `routes`
        lost = unread.get(sort, "")
        if sort in _BY_LIBRARIES and not now[sort]:
            lost = lost or _NONE_SEEN
        if lost and not now[name]:
            yield Measure(name=name, value=None, formula=f"unknown: {lost}")
            continue
        series = [(day, each[name]) for day, each in past if name in each]
        doubt = f"at least: {lost}" if lost else ""
        yield _measure(name, now.get(name), formula, series, doubt)
    coverage = known.coverage
    files = [path for path, file in known.base.files.items() if not file.is_test]
    said = (
        f"lines run / lines that can be, by {coverage.report} of {coverage.day}" if coverage else ""
    )
    yield Measure(
        name="covered",
        is_share=True,
        better="higher",
        value=share(coverage, files) if coverage else None,
        formula=said or "unknown: the project has no report of coverage",
    )


def _measure(
    name: str,
    value: float | None,
    formula: str,
    series: Sequence[tuple[str, float]],
    doubt: str,
    *,
    is_share: bool = False,
) -> Measure:
    better = "" if name in _SIZES else "lower"
    told = Measure(
        name=name,
        value=value,
        formula=formula,
        doubt="" if value is None else doubt,
        is_share=is_share,
        better=better,
    )
    if not series:
        return told
    (first_day, first), (last_day, last) = series[0], series[-1]
    return told.model_copy(
        update={
            "first": first,
            "first_day": first_day,
            "last": last,
            "last_day": last_day,
        }
    )


def _share(metrics: Mapping[str, float], counted: str) -> float | None:
    modules, routes = metrics.get("modules", 0), metrics.get("routes", 0)
    whole = {
        "couplings": modules * (modules - 1),
        "modules_in_cycles": modules,
    }.get(counted, routes)
    return round(metrics[counted] / whole, 3) if whole and counted in metrics else None


def _violated(series: Sequence[Series]) -> Iterator[Statement]:
    for one in series:
        point = one.latest
        where = f" in {one.environment}" if one.environment else ""
        text = f"{one.metric}{where}: {point.value:g} {one.unit}, past its threshold".rstrip()
        yield Statement(text=text, value=point.value, citations=(point.citation or point.uid,))


def _burdens(findings: Sequence[Finding]) -> Iterator[Statement]:
    """What makes requests slow, as the rules of performance find it."""
    found = [
        one
        for one in findings
        if one.sure and one.area == "performance" and one.severity != "minor"
    ]
    for one in found[:MOST]:
        cited = tuple(f"{spot.file}:{spot.line}" for spot in one.spots[:3])
        yield Statement(text=one.message, citations=(*cited, one.id))


def _hotspots(code: CodeBase, together: CoChange | None) -> Iterator[Statement]:
    """The files that were changed most and on which most rely."""
    if together is None:
        return
    scored = []
    for path, file in code.files.items():
        changes = together.changes[path]
        users = sum(not code.files[one].is_test for one in code.needed_by.get(path, ()))
        if changes > 1 and users and not file.is_test:
            scored.append((changes * users, path, changes, users))
    for score, path, changes, users in sorted(scored, key=lambda one: (-one[0], one[1]))[:MOST]:
        used = f"{users} files rely" if users > 1 else "1 file relies"
        text = f"{path}: changed in {changes} commits, {used} on it"
        cited = (f"{path}:1", "formula: commits * files that need it")
        yield Statement(text=text, value=score, citations=cited)


def _debt(findings: Sequence[Finding]) -> Iterator[Debt]:
    counts: dict[str, Counter[str]] = {}
    for one in findings:
        for module in one.modules if one.sure else ():
            counts.setdefault(module, Counter())[one.severity] += 1
    rows = [
        Debt(module=name, critical=own["critical"], major=own["major"], minor=own["minor"])
        for name, own in counts.items()
    ]
    yield from sorted(rows, key=lambda one: (-one.critical, -one.major, -one.minor, one.module))
