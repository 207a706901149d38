"""Traces of routes with what was measured of them, in baselines and reports of the project."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from statistics import median, quantiles
from typing import TYPE_CHECKING

from memory.code.tracing import find_routes
from memory.metrics.measurement_series import read_latest
from memory.metrics.units import convert
from memory.models.tracing import TraceStatement, TraceTime
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from memory.code.codebase import CodeBase, CodePlace
    from memory.code.timed import Sampled, TimeSource, Timings, TracedRequest
    from memory.ledger.interface.database import Database
    from memory.models.series import Series
    from memory.models.tracing import Trace, Traces, TraceStep

REPEATED = 5  # times in one request, from which on a statement bears out that a loop repeats it
_MANY = 20  # requests, from which on the slowest twentieth is told
_NOTED = re.compile(r"^repeated-query: .* \[(?P<id>[\w-]+)\]$")


def with_measured(found: Traces, code: CodeBase, timings: Timings, root: Path) -> Traces:
    """Traces with the times of their requests, what these asked, and the functions of profiles.

    Args:
        found: What the code says.
        code: All of it.
        timings: What reports of the project say.
        root: Of its files.
    """
    asked: dict[tuple[str, str], list[TracedRequest]] = defaultdict(list)
    for one in timings.requests:
        asked[one.method, one.path].append(one)
    by_route: dict[tuple[str, str], list[TracedRequest]] = defaultdict(list)
    for (method, path), some in asked.items():
        for route in find_routes(code, f"{method} {path}".strip()):
            by_route[route.method, route.path] += some
    shares = _shares(code, timings.sampled)
    return found.model_copy(
        update={
            "traces": tuple(
                _measured(one, by_route.get((one.method, one.path), ()), shares, root)
                for one in found.traces
            ),
            "left_out": dict(timings.left_out),
        }
    )


def _measured(
    trace: Trace, requests: Sequence[TracedRequest], shares: Mapping[str, str], root: Path
) -> Trace:
    groups: dict[tuple[TimeSource, str], list[TracedRequest]] = defaultdict(list)
    for one in requests:
        groups[one.source, one.environment].append(one)
    steps = tuple(_noted(one, shares) for one in trace.steps)
    written = _written(root / trace.file)
    return trace.model_copy(
        update={
            "steps": steps,
            "times": (
                *trace.times,
                *(
                    TraceTime(
                        metric=metric,
                        environment=environment,
                        value=round(value, 1),
                        unit="ms",
                        citation=source.report,
                        day=source.day,
                        older=written > source.written,
                    )
                    for (source, environment), some in groups.items()
                    for metric, value in _spread([one.milliseconds for one in some])
                ),
            ),
            "statements": tuple(_statements(requests, trace)),
        }
    )


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _spread(times: Sequence[float]) -> Iterator[tuple[str, float]]:
    yield f"p50 of {counted(len(times), 'request')}", median(times)
    if len(times) >= _MANY:
        yield "p95", quantiles(times, n=20, method="inclusive")[-1]
    elif len(times) > 1:
        yield "longest", max(times)


def _statements(requests: Iterable[TracedRequest], trace: Trace) -> list[TraceStatement]:
    found: dict[tuple[str, str, str, TimeSource], list[tuple[int, float]]] = defaultdict(list)
    for request in requests:
        for one in request.asked:
            key = (one.statement, one.table, one.does, request.source)
            found[key].append((one.times, one.milliseconds))
    told = [
        TraceStatement(
            statement=statement,
            table=table,
            does=does,
            times=max(times for times, _ in seen),
            milliseconds=round(median(took for _, took in seen), 1),
            citation=source.report,
            day=source.day,
            confirms=_confirmed(trace, table)
            if does != "write" and max(times for times, _ in seen) >= REPEATED
            else (),
        )
        for (statement, table, does, source), seen in found.items()
    ]
    return sorted(told, key=lambda one: (-one.milliseconds, -one.times, one.statement))


def _confirmed(trace: Trace, table: str) -> tuple[str, ...]:
    """The findings that a loop repeats a query of a table, in the steps of a route."""
    if not table:
        return ()
    named = re.compile(rf"\b{re.escape(table)}\b", re.IGNORECASE)
    return tuple(
        dict.fromkeys(
            noted["id"]
            for one in _all(trace.steps)
            for note in one.notes
            if (noted := _NOTED.match(note))
            and (one.table.lower() == table.lower() or named.search(note))
        )
    )


def _all(steps: Iterable[TraceStep]) -> Iterator[TraceStep]:
    for one in steps:
        yield one
        yield from _all(one.steps)


def _noted(step: TraceStep, shares: Mapping[str, str]) -> TraceStep:
    """A step, and those in it, with what profiles say of the functions."""
    said = shares.get(step.name) if step.what == "function" else None
    steps = tuple(_noted(one, shares) for one in step.steps)
    return step.model_copy(
        update={"steps": steps, "notes": (*step.notes, said) if said else step.notes}
    )


def _shares(code: CodeBase, sampled: Iterable[Sampled]) -> dict[str, str]:
    """What the newest profile says of a function, by what it is called."""
    found: dict[str, str] = {}
    for one in sampled:
        if (place := _place(code, one)) is not None:
            source = f"{one.source.report}, {one.source.day}"
            said = f"in {one.running:.0%} of samples, {one.itself:.0%} by itself ({source})"
            found.setdefault(code.called(place), said)
    return found


def _place(code: CodeBase, one: Sampled) -> CodePlace | None:
    """The only definition that a function of a profile can be."""
    last = one.symbol.rpartition(".")[2]
    fitting = [
        place
        for place in code.symbols_named.get(last, ())
        if _ends_alike(one.file, place.path)
        and (place.symbol == one.symbol or "." not in one.symbol)
    ]
    if len(fitting) > 1 and one.line:
        fitting = [
            place
            for place in fitting
            if code.symbols[place].line <= one.line <= code.symbols[place].last_line
        ]
    return fitting[0] if len(fitting) == 1 else None


def _ends_alike(said: str, path: str) -> bool:
    """Whether a path of a profile is that of a file, or of its folder: a package of Go."""
    own = path if posixpath.splitext(said)[1] == posixpath.splitext(path)[1] else ""
    own = own or posixpath.dirname(path)
    return bool(own) and (f"/{said}".endswith(f"/{own}") or f"/{own}".endswith(f"/{said}"))


def with_times(db: Database, found: Traces) -> Traces:
    """Traces, each with the newest measurements of time whose metric or place names its path."""
    series = read_latest(db)
    traces = (
        one.model_copy(update={"times": (*_times(series, one), *one.times)}) for one in found.traces
    )
    return found.model_copy(update={"traces": tuple(traces)})


def _times(series: Sequence[Series], trace: Trace) -> tuple[TraceTime, ...]:
    path = r"(?:\{[^}]*\}|<[^>]*>|:\w+|\*)".join(
        map(re.escape, re.split(r"\{[^}]{0,199}\}", trace.path))
    )
    named = re.compile(rf"(?<![\w/]){path}/?(?![\w/{{])") if trace.path.strip("/") else None
    other = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE)\b")
    found = []
    for one in series:
        said = f"{one.metric} {one.environment} {one.latest.note}"
        methods = other.findall(said)
        is_meant = named and named.search(said) and (not methods or trace.method in methods)
        if is_meant and convert(one.latest.value, one.unit, "ms") is not None:
            latest = one.latest
            found.append(
                TraceTime(
                    metric=one.metric,
                    environment=one.environment,
                    value=latest.value,
                    unit=one.unit,
                    uid=latest.uid,
                    citation=latest.citation,
                )
            )
    return tuple(found)
