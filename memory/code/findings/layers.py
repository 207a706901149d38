"""Layers that are skipped: handlers that ask tables by themselves, models that ask services."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace
from memory.code.findings.rule import AuditSubject, Rule, Seen, finding
from memory.code.testing import is_test
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.code.codebase import Query, Route
    from memory.code.flow import CallStep, Flow

_MOST = 0.7  # share of a module's handlers that go through another layer: it is the rule there
_FEWEST = 3  # of those, at least


class _Handler(NamedTuple):
    """What a handler has to do with tables."""

    place: CodePlace
    route: Route
    own: tuple[Query, ...]  # that it asks by itself
    through: tuple[CallStep, ...]  # the shortest way to a query of another file


def _skipping(subject: AuditSubject) -> Seen:
    """Handlers with queries of their own where those of their module leave them to others."""
    flow = subject.flow
    by_module: dict[str, list[_Handler]] = {}
    for one in _handlers(flow):
        by_module.setdefault(subject.code.files[one.place.path].module, []).append(one)
    seen = Seen(sum(map(len, by_module.values())))
    for module, handlers in sorted(by_module.items()):
        asking = [one for one in handlers if one.own]
        leaving = [one for one in handlers if not one.own]
        if len(leaving) < _FEWEST or len(leaving) < _MOST * len(handlers):
            continue
        for one in asking:
            tables = ", ".join(sorted({query.table or query.model for query in one.own}))
            spots = [
                Spot(file=query.place.path, line=query.line, said=f"{query.does}s {query.table}")
                for query in one.own
            ]
            seen.findings.append(
                finding(
                    "architecture.direct-query",
                    (subject.code.called(one.place),),
                    f"{one.place.symbol} asks {tables} by itself; {len(leaving)} of "
                    f"{len(handlers)} handlers of {module} go through another layer",
                    [*spots, *_example(leaving)],
                    severity="minor",
                    modules=[module],
                    sure=False,  # where a handler asks by itself, that is mostly meant
                    do="ask where the others do",
                )
            )
    return seen


def _handlers(flow: Flow) -> Iterator[_Handler]:
    """Every handler that has to do with tables, once."""
    done: set[CodePlace] = set()
    for route in flow.code.routes:
        for place in () if is_test(route.file) else flow.starts(route):
            if place in done or place.path not in flow.code.files:
                continue
            done.add(place)
            own = tuple(one for one in flow.queries(place) if not one.relation)
            through = next(
                (
                    way
                    for other, way in flow.walk([place])
                    if other.path != place.path and flow.queries(other)
                ),
                (),
            )
            if own or through:
                yield _Handler(place, route, own, through)


def _example(leaving: Sequence[_Handler]) -> Iterator[Spot]:
    for one in leaving[:1]:
        said = f"{one.place.symbol} goes through {one.through[-1].target.symbol}"
        yield Spot(file=one.through[0].file, line=one.through[0].line, said=said)


def _asking_services(subject: AuditSubject) -> Seen:
    """Models, the classes of tables, that call other services."""
    models = {CodePlace(one.file, one.symbol) for one in subject.code.tables if one.symbol}
    seen = Seen(len(models))
    for one in subject.code.outgoing:
        if one.place.top in models and not is_test(one.place.path):
            file = subject.code.files[one.place.path]
            seen.findings.append(
                finding(
                    "architecture.model-asks-service",
                    (subject.code.called(one.place), one.said),
                    f"{one.place.symbol}, of a model, calls another service by {one.said}",
                    [Spot(file=one.place.path, line=one.line, said=one.said)],
                    severity="minor",
                    modules=[file.module],
                    do="call it from a service, and give the model what it answers",
                )
            )
    return seen


RULES = (
    Rule(
        "architecture.direct-query",
        "handlers that ask tables where others of their module go through a layer",
        _skipping,
        2,
    ),
    Rule(
        "architecture.model-asks-service",
        "models that call other services",
        _asking_services,
    ),
)
