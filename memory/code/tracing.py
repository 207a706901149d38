"""Where the requests of a route go: over middleware and calls to tables and other services."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from memory.code.findings import performance
from memory.code.findings.rule import AuditSubject
from memory.code.inventory import doubts
from memory.code.testing import is_test
from memory.errors import InvalidRequest
from memory.models.tracing import Trace, Traces, TraceStep
from memory.texts.linear import tamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory.code.codebase import CodeBase, CodePlace, Outgoing, Query, Repeat, Route
    from memory.code.flow import CallStep, Flow
    from memory.models.findings import Finding

MOST_ROUTES = 8
_PARAMETER = re.compile(r"\{[^}]{0,199}\}|<[^>]{0,199}>|:\w+")
_DEEPEST = 10  # calls, from the handler


def trace(code: CodeBase, said: str) -> Traces:
    """The routes that a name means, each with all that is known of what it does.

    Args:
        code: All of it.
        said: "GET /orders/{id}", "/orders/12" or the name of a handler.

    Raises:
        InvalidRequest: there is no such route; it says which come near.
    """
    routes = find_routes(code, said) or _below_prefix(code, said)
    if not routes:
        names = sorted({f"{one.method} {one.path}" for one in code.routes})
        near = difflib.get_close_matches(said, names, n=3, cutoff=0.5)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise InvalidRequest("trace", f"no route or handler {said!r}{hint}")
    subject = AuditSubject(code)
    notes = _Notes(subject)
    traces = tuple(_Tracing(subject.flow, notes, one).trace() for one in routes[:MOST_ROUTES])
    files = {step.file for one in traces for step in _all(one.steps)} | {one.file for one in traces}
    doubt = doubts(code, files.__contains__)  # what nobody read is not among them
    return Traces(traces=traces, doubts=doubt.model_copy(update={"unread": {}}))


def find_routes(code: CodeBase, said: str) -> list[Route]:
    """Routes by method and path, by a path that one would ask for, or by handler."""
    method, _, path = said.strip().rpartition(" ")
    routes = [
        one
        for one in code.routes
        if not is_test(one.file)
        and ({method.upper(), one.method} & {"", "ANY"} or method.upper() == one.method)
    ]
    if path.startswith("/"):
        wanted = _plain(path)
        exact = [one for one in routes if _plain(one.path) == wanted]
        return exact or [one for one in routes if _asked_for(one.path).fullmatch(path)]
    return [
        one
        for one in routes
        if path and path in {one.handler, one.symbol, one.handler.rpartition(".")[2]}
    ]


def _plain(path: str) -> str:
    return _PARAMETER.sub("{}", path).rstrip("/")


def _asked_for(path: str) -> re.Pattern[str]:
    parts = map(re.escape, _PARAMETER.split(path.rstrip("/")))
    try:
        return tamed("[^/]+".join(parts) + "/?")
    except ValueError:  # it has more parameters than anybody asks with
        return re.compile("(?!)")


def _below_prefix(code: CodeBase, said: str) -> list[Route]:
    """Routes whose path is what is asked for, but for what a setting or version puts before it."""
    method, _, path = said.strip().rpartition(" ")
    asked = path.strip("/").split("/")
    found = []
    for one in code.routes if path.startswith("/") else ():
        if is_test(one.file) or method.upper() not in {"", one.method, "ANY"}:
            continue
        parts = one.path.strip("/").split("/")
        is_open = bool(_PARAMETER.fullmatch(parts[0]))  # `{prefix}` may stand for several
        if any(
            parts[at] == asked[start] and _asked_for("/".join(parts[at:])).fullmatch(
                "/".join(asked[start:])
            )
            for at in range(1, len(parts))
            for start in (range(len(asked)) if is_open and at == 1 else (0,))
        ):  # fmt: skip
            found.append(one)
    return found


class _Notes:
    """What the rules of performance say, by place."""

    def __init__(self, subject: AuditSubject) -> None:
        self.by_query: dict[tuple[str, int, str], list[str]] = {}
        self.by_call: dict[tuple[str, int], list[str]] = {}
        self.by_route: dict[str, list[str]] = {}
        for rule in performance.RULES:
            for one in rule.look(subject).findings:
                self._take(one)

    def _take(self, one: Finding) -> None:
        sure = "" if one.sure else " (less sure)"
        said = f"{one.rule.partition('.')[2]}: {one.message}{sure} [{one.id}]"
        if one.rule == "performance.cacheable":
            self.by_route.setdefault(one.parts[0], []).append(said)
            return
        is_index = one.rule == "performance.missing-index"
        about = one.parts[0] if is_index else one.parts[1]
        for spot in one.spots:
            if ": calls " in spot.said:
                self.by_call.setdefault((spot.file, spot.line), []).append(said)
            elif spot.said.startswith(("loop at", "asks by")):
                self.by_query.setdefault((spot.file, spot.line, about), []).append(said)

    def of_query(self, query: Query) -> tuple[str, ...]:
        names = dict.fromkeys((query.relation, query.table, query.model))
        place = (query.place.path, query.line)
        said = [one for name in names for one in self.by_query.get((*place, name), ())]
        return tuple(dict.fromkeys(said))


class _Tracing:
    """One route that is being followed."""

    def __init__(self, flow: Flow, notes: _Notes, route: Route) -> None:
        self._flow = flow
        self._notes = notes
        self._route = route
        self._seen: set[CodePlace] = set()

    def trace(self) -> Trace:
        route, code = self._route, self._flow.code
        steps = [
            TraceStep(what="middleware", name=one, grade="framework") for one in route.middleware
        ]
        for place in self._flow.starts(route):
            if place not in self._seen:
                line = code.symbols[place].line if place in code.symbols else route.inside[0]
                steps.append(self._function(place, place.path, line, "framework", 0))
        found = list(_all(steps))
        queries = [one for one in found if one.what == "query"]
        paths = {place.path for place in self._seen}
        return Trace(
            method=route.method,
            path=route.path,
            handler=route.handler,
            file=route.file,
            line=route.line,
            access={
                name: str(getattr(route, name))
                for name in ("auth", "authorisation", "validation", "rate_limit")
            },
            steps=tuple(steps),
            reads=_tables(one for one in queries if one.does == "read"),
            writes=_tables(one for one in queries if one.does == "write"),
            requests=tuple(
                dict.fromkeys(
                    f"{one.name} ({one.file}:{one.line})" for one in found if one.what == "request"
                )
            ),
            notes=tuple(self._notes.by_route.get(f"{route.method} {route.path}", ())),
            functions=len(self._seen),
            not_followed=sum(code.files[path].opaque for path in paths if path in code.files),
        )

    def _function(
        self, place: CodePlace, file: str, line: int, grade: str, depth: int
    ) -> TraceStep:
        is_known = place in self._seen
        self._seen.add(place)
        inside = [] if is_known or depth >= _DEEPEST else list(self._inside(place, depth))
        return TraceStep(
            what="function",
            name=self._flow.code.called(place),
            file=file,
            line=line,
            grade=grade,
            seen=is_known and bool(self._flow.steps(place) or self._flow.queries(place)),
            steps=tuple(sorted(inside, key=lambda one: (one.file != place.path, one.line))),
        )

    def _inside(self, place: CodePlace, depth: int) -> Iterator[TraceStep]:
        flow = self._flow
        repeats = {(one.target, one.line): one for one in flow.repeats(place)}
        by_target = {one.target: one for one in flow.repeats(place)}
        for query in flow.queries(place):
            yield self._query(query)
        for one in flow.outgoing(place):
            yield _request(one)
        for step in flow.steps(place):
            repeat = repeats.get((step.target, step.line)) or by_target.get(step.target)
            yield self._step(step, repeat, depth)
        for step in flow.wired(place):
            yield self._step(step, None, depth)

    def _step(self, step: CallStep, repeat: Repeat | None, depth: int) -> TraceStep:
        line = repeat.line if repeat else step.line
        told = self._function(step.target, step.file, line, step.grade, depth + 1)
        if repeat is None:
            return told
        notes = tuple(self._notes.by_call.get((step.file, line), ()))
        return told.model_copy(update={"loop": repeat.loop, "notes": notes})

    def _query(self, query: Query) -> TraceStep:
        return TraceStep(
            what="query",
            name=f".{query.relation}" if query.relation else query.model,
            file=query.place.path,
            line=query.line,
            does=query.does,
            table=query.table,
            columns=query.columns,
            loop=query.loop,
            notes=self._notes.of_query(query),
        )


def _request(one: Outgoing) -> TraceStep:
    return TraceStep(what="request", name=one.said, file=one.place.path, line=one.line)


def _tables(queries: Iterable[TraceStep]) -> tuple[str, ...]:
    return tuple(sorted({one.table or one.name for one in queries}))


def _all(steps: Iterable[TraceStep]) -> Iterator[TraceStep]:
    for one in steps:
        yield one
        yield from _all(one.steps)
