"""What is asked of the code through MCP, and its answers as rows; a line for each question."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cli.calling import Caller
    from memory.models.code import CodeMap, Impact
    from memory.models.coordination import Coordination, Triage
    from memory.models.decoupling import Decoupling
    from memory.models.findings import Audit, Drift, Finding
    from memory.models.tracing import Traces, TraceStep

Row = dict[str, Any]


class CodeArguments(NamedTuple):
    """The arguments of the tool that say what is asked."""

    target: str
    diff: str
    modules: Sequence[str]
    path: str


def code_rows(caller: Caller, ask: str, asked: CodeArguments) -> tuple[Any, list[Row]]:
    """The response to a question, and its rows."""
    if ask not in _QUESTIONS:
        said = caller.call("inventory", what=ask, modules=asked.modules, path=asked.path)
        return said, list(said.rows)
    verb, arguments, rows = _QUESTIONS[ask]
    said = caller.call(verb, **arguments(asked))
    return said, list(rows(said))


def _impact(said: Impact) -> Iterator[Row]:
    """First the target with its risk, then what is reached, the nearest first."""
    yield {
        "target": said.target,
        "kind": said.kind,
        "files": list(said.files),
        "risk": said.risk.score,
        "level": said.risk.level,
        "made of": {part.name: part.reason for part in said.risk.parts},
        "modules": said.modules,
        "routes by distance": Counter(str(one.distance) for one in said.routes),
    }
    for record in said.governs:
        yield {"reached": "governed by", **record}
    for name in ("direct", "routes", "tables", "tests", "cochange", "cascade"):
        for one in getattr(said, name):
            yield {
                "reached": name,
                "name": one.name,
                "place": f"{one.file}:{one.line}",
                "module": one.module,
                "grade": one.grade,
                "way": list(one.path),
            }
    for one in said.ranked:
        yield {"reached": "likely to change too", "place": one.file, "chance": one.score}


def _trace(said: Traces) -> Iterator[Row]:
    """Each route, and what its requests go through, depth by depth."""
    for one in said.traces:
        yield one.model_dump(mode="json", exclude={"steps", "handler"})
        yield from _steps(one.steps, 1)


def _steps(steps: Iterable[TraceStep], depth: int) -> Iterator[Row]:
    for one in steps:
        row = one.model_dump(mode="json", exclude={"steps", "file", "line"}, exclude_defaults=True)
        yield {"depth": depth, "place": f"{one.file}:{one.line}" if one.file else "", **row}
        yield from _steps(one.steps, depth + 1)


def _map(said: CodeMap) -> Iterator[Row]:
    for one in said.modules:
        yield one.model_dump(mode="json")
    for pair in said.couplings:
        yield pair.model_dump(mode="json")
    for cycle in said.cycles:
        yield {"cycle": cycle.level, **cycle.model_dump(mode="json", exclude={"level"})}


def _audit(said: Audit) -> Iterator[Row]:
    """The findings, those that were fixed, and what the rules could not tell."""
    new = set(said.new)
    for one in said.findings:
        yield _finding(one) | ({"since": said.since, "new": one.id in new} if said.since else {})
    for one in said.fixed:
        yield _finding(one) | {"since": said.since, "fixed": True}
    for row in said.rules:
        if row.cannot_tell:
            yield {"rule": row.rule, "looked at": row.looked_at, "cannot tell": row.cannot_tell}
    if said.less_sure:
        yield {"less sure, left out": said.less_sure}


def _drift(said: Drift) -> Iterator[Row]:
    if said.finding and said.began:
        yield _finding(said.finding) | {"began": said.began.model_dump(mode="json")}
        return
    for name, value in said.now.items():
        if not said.metric or name == said.metric:
            series = {point.day: point.metrics.get(name) for point in said.points}
            yield {"metric": name, "is": said.formulas[name], "now": value, **series}
    for mark, findings in (("new", said.new), ("fixed", said.fixed)):
        for one in findings:
            yield _finding(one) | {"since": said.since, mark: True}


def _decoupling(said: Decoupling) -> Iterator[Row]:
    yield said.model_dump(
        mode="json", include={"modules", "about", "cost", "exact", "before", "after"}
    )
    for cut in said.cuts:
        yield {
            "cut": f"{cut.source} -> {cut.target}",
            "imports": [f"{spot.file}:{spot.line} {spot.said}" for spot in cut.spots],
            "interface": [f"{one.name} ({one.uses})" for one in cut.names],
            "sides": [one.model_dump() for one in cut.after],
            "left": cut.shape.model_dump(),
        }


def _triage(said: Triage) -> Iterator[Row]:
    told = {"verdict", "reason", "modules", "owner"}
    yield said.model_dump(mode="json", include=told)
    for one in said.indicators:
        if one.answer != "no":
            yield one.model_dump(mode="json", exclude={"name"})
    for likely in said.may_change:
        yield {"may change": likely.path, "reason": likely.reason}
    for change in said.similar:
        yield {"similar": change.subject, **change.model_dump(mode="json", exclude={"subject"})}


def _coordination(said: Coordination) -> Iterator[Row]:
    """First what it is about, then a row for each statement, risk and step."""
    effort = said.effort.model_dump(mode="json") if said.effort else "unknown"
    yield {
        "family": said.family or "unknown",
        "about": list(said.about),
        "affected modules": list(said.affected_modules),
        "effort": effort,
        "unknown": list(said.unknown),
    }
    for name in ("current_state", "breaks_immediately", "degrades", "routes", "tables", "tests",
                 "governed_by", "risks"):  # fmt: skip
        for one in getattr(said, name):
            yield {"part": name, **one.model_dump(mode="json")}
    for part in said.worked_out:
        for one in part.statements:
            yield {"part": part.title, **one.model_dump(mode="json")}
    for one in said.extraction.services if said.extraction else ():
        yield {"part": one.kind, **one.model_dump(mode="json", exclude={"kind", "phases"})}
    for phase in said.migration_plan:
        yield {"phase": phase.name, "way back": phase.way_back, "gates": list(phase.gates)}
        for step in phase.steps:
            yield {"phase": phase.name, **step.model_dump(mode="json")}


def _finding(one: Finding) -> Row:
    return {
        "finding": one.id,
        "rule": one.rule,
        "severity": one.severity,
        "message": one.message,
        "places": [f"{spot.file}:{spot.line} {spot.said}".rstrip() for spot in one.spots],
        "modules": list(one.modules),
        "do": one.do,
    }


def _parted(asked: CodeArguments) -> dict[str, Any]:
    first, second, *_ = (*asked.modules, "", "")
    return {"first": first, "second": second}


_QUESTIONS: dict[
    str, tuple[str, Callable[[CodeArguments], dict[str, Any]], Callable[[Any], Iterable[Row]]]
]
_QUESTIONS = {
    "impact": ("impact", lambda one: {"target": one.target, "diff": one.diff}, _impact),
    "trace": ("trace", lambda one: {"route": one.target}, _trace),
    "map": ("map", lambda one: {"modules": one.modules}, _map),
    "audit": ("audit", lambda one: {"area": one.target or None, "since": one.diff}, _audit),
    "decouple": ("decouple", _parted, _decoupling),
    "triage": ("triage", lambda one: {"task": one.target, "diff": one.diff}, _triage),
    "coordinate": (
        "coordinate",
        lambda one: {"request": {"query": one.target}},
        _coordination,
    ),
    "drift": ("drift", lambda one: {"about": one.target}, _drift),
}
