"""What a change to a part of the code would reach, and how much hangs on it."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

from memory.code.codebase import CodePlace
from memory.code.coverage import covering_tests
from memory.code.inventory import doubts
from memory.code.prediction import predict
from memory.code.reach import by_file, reach, way
from memory.code.risk import weigh
from memory.models.code import Impact, Reached

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase, Table
    from memory.code.coverage import CoverageReport
    from memory.code.reach import ReachStep
    from memory.code.targets import Target
    from memory.models.code import What

MOST_PARTNERS = 10
MOST_RANKED = 20
_LEAST_SHARED = 3  # commits with both, from which on a partner is told
_LEAST_DEGREE = 0.2


def find_impact(
    code: CodeBase,
    target: Target,
    cochange: CoChange | None,
    coverage: CoverageReport | None = None,
) -> Impact:
    """What a change to a target would reach; all lists the nearest first."""
    found = reach(code, target.starts)
    nearest = by_file(found)
    files = sorted({place.path for place in target.starts})
    started = set(files)
    reached = [
        _reached(code, found, place)
        for path, place in sorted(nearest.items(), key=lambda one: (found[one[1]].distance, one[0]))
        if path not in started
    ]
    tests = [one for one in reached if one.what == "test"]
    if coverage:
        tests = [*_covering(coverage, code, target), *tests]
    other = [one for one in reached if one.what == "file"]
    direct = [one for one in other if one.distance == 1]
    routes = tuple(_routes(code, found))
    tables = tuple(_tables(code, found, target))
    partners = tuple(_partners(code, files, nearest, cochange))
    modules = Counter(code.files[one.file].module for one in other)
    doubt = doubts(code, lambda path: path in nearest)
    return Impact(
        target=target.name,
        kind=target.kind,
        files=tuple(files),
        direct=tuple(direct),
        cascade=tuple(one for one in other if one.distance > 1),
        routes=routes,
        tables=tables,
        tests=tuple(tests),
        modules=dict(modules.most_common()),
        cochange=partners,
        ranked=tuple(_ranked(code, files, found, nearest, cochange)),
        risk=weigh(code, direct, other, routes, tests, modules, files, cochange),
        doubts=doubt,
    )


def _covering(coverage: CoverageReport, code: CodeBase, target: Target) -> Iterable[Reached]:
    """The tests that ran it, as the report says."""
    for test in covering_tests(coverage, code, target.starts):
        yield Reached(
            what="test",
            name=test,
            file=coverage.report,
            line=1,
            module="",
            distance=0,
            grade="coverage",
            path=(f"{coverage.report} of {coverage.day}",),
        )


def _reached(
    code: CodeBase,
    found: Mapping[CodePlace, ReachStep],
    place: CodePlace,
    what: What | None = None,
    name: str = "",
) -> Reached:
    file = code.files[place.path]
    step = found[place]
    edges = way(found, place)
    return Reached(
        what=what or ("test" if file.is_test else "file"),
        name=name or code.called(place),
        file=place.path,
        line=edges[0].line if edges else _line(code, place),
        module=file.module,
        distance=step.distance,
        grade=str(edges[0].grade) if edges else "",
        path=tuple(f"{edge.source.path}:{edge.line}" for edge in edges),
    )


def _line(code: CodeBase, place: CodePlace) -> int:
    one = code.symbols.get(place)
    return one.line if one else 1


def _routes(code: CodeBase, found: Mapping[CodePlace, ReachStep]) -> Iterable[Reached]:
    rows = []
    registered: dict[str, list[tuple[int, bool]]] = {}  # by file: line, and whether it is unnamed
    for one in code.routes:
        path, _, line = one.registered.rpartition(":")
        registered.setdefault(path or one.file, []).append((int(line or 0), not one.symbol))
    own = {
        path: _own_of_unnamed(code, found, path, sorted(lines))
        for path, lines in registered.items()
        if any(is_unnamed for _, is_unnamed in lines)
    }
    for one in code.routes:
        place = CodePlace(one.file, one.symbol).top
        is_own = bool(one.symbol) or own.get(one.file, True)
        if place in found and is_own and one.file in code.files:
            row = _reached(code, found, place, "route", f"{one.method} {one.path}")
            rows.append(row.model_copy(update={"line": one.line}))
    return sorted(rows, key=lambda row: (row.distance, row.name))


def _own_of_unnamed(
    code: CodeBase,
    found: Mapping[CodePlace, ReachStep],
    path: str,
    registered: list[tuple[int, bool]],
) -> bool:
    """Whether a handler without a name may use what is reached of a file of routes.

    What stands behind the registration of a route with a handler elsewhere is of that route.
    """
    if CodePlace(path) in found and found[CodePlace(path)].edge is None:
        return True
    for edge in code.edges_of.get(path, ()):
        if edge.source == CodePlace(path) and edge.target.top in found:
            before = bisect_right(registered, (edge.line, True)) - 1
            if before >= 0 and registered[before][1]:
                return True
    return False


def _tables(
    code: CodeBase, found: Mapping[CodePlace, ReachStep], target: Target
) -> Iterable[Reached]:
    """The tables whose models are reached, and those with a key to one at the start."""
    own = {one.table for one in code.tables if _is_start(found, one)}
    if target.kind == "table":
        own = {target.name}
    rows = []
    for one in code.tables:
        place = CodePlace(one.file, one.symbol).top
        keys = [key for key in one.foreign_keys if key.references in own]
        is_near = bool(one.symbol) and place in found and found[place].distance <= 1
        if one.file not in code.files or not (keys or is_near or one.table in own):
            continue
        key = keys[0] if keys and one.table not in own else None
        rows.append(
            Reached(
                what="table",
                name=one.table,
                file=one.file,
                line=(key.line if key else 0) or one.line,
                module=code.files[one.file].module,
                distance=0 if one.table in own else 1,
                grade=f"foreign key {', '.join(key.columns)}" if key else "",
                path=(),
            )
        )
    return sorted(rows, key=lambda row: (row.distance, row.name))


def _is_start(found: Mapping[CodePlace, ReachStep], one: Table) -> bool:
    place = CodePlace(one.file, one.symbol).top
    return bool(one.symbol) and place in found and found[place].distance == 0


def _partners(
    code: CodeBase, files: list[str], nearest: Mapping[str, CodePlace], cochange: CoChange | None
) -> Iterable[Reached]:
    """The files that git changed with these, and that no edge connects."""
    best: dict[str, tuple[int, float, str]] = {}
    connected = {
        one
        for path in files
        for edge in code.edges_of.get(path, ())
        for one in (edge.source.path, edge.target.path)
    }
    for path in files if cochange else ():
        for other, one in cochange.partners(path).items() if cochange else ():
            count, degree = one.commits, one.share
            is_known = other in connected or other in nearest
            if is_known or other not in code.files or count < _LEAST_SHARED:
                continue
            if degree >= _LEAST_DEGREE and degree > best.get(other, (0, 0.0, ""))[1]:
                best[other] = (count, degree, path)
    rows = sorted(best.items(), key=lambda one: (-one[1][1], -one[1][0], one[0]))
    for other, (count, degree, path) in rows[:MOST_PARTNERS]:
        yield Reached(
            what="test" if code.files[other].is_test else "file",
            name=code.files[other].name,
            file=other,
            line=1,
            module=code.files[other].module,
            distance=1,
            grade="cochange",
            path=(f"{path}: {count} commits changed both",),
            score=round(degree, 3),
        )


def _ranked(
    code: CodeBase,
    files: list[str],
    found: Mapping[CodePlace, ReachStep],
    nearest: Mapping[str, CodePlace],
    cochange: CoChange | None,
) -> Iterable[Reached]:
    """The files that most likely change too."""
    for path, score in predict(code, files, cochange)[:MOST_RANKED]:
        if path in nearest:
            row = _reached(code, found, nearest[path])
        else:
            file = code.files[path]
            row = Reached(
                what="test" if file.is_test else "file",
                name=file.name,
                file=path,
                line=1,
                module=file.module,
                distance=1,
                grade="cochange",
                path=(),
            )
        yield row.model_copy(update={"score": round(score, 3)})
