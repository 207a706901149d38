"""Where a request goes: from its route, over the calls that are known, to what is asked."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from memory.code.codebase import CodePlace, Grade
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from memory.code.codebase import CodeBase, Edge, Outgoing, Query, Repeat, Route

T = TypeVar("T")
_Placed = TypeVar("_Placed", "Query", "Repeat", "Outgoing")

#: Notes by which a call is put into a queue: `@task()` of huey, `@shared_task`, `@Async`.
_QUEUES = re.compile(
    r"^@?(?:\w+\.)*(?:(?:db|shared|periodic)_)?(?:task|actor|background|[Aa]sync)\b(?:\(|$)"
)
_WORD = re.compile(r"[\w$]+")
_FUNCTIONS = frozenset({"function", "method"})
_FOLLOWED = frozenset({Grade.CALL, Grade.INHERITED})
_CLASSES = frozenset({"class", "interface", "trait"})
_DEEPEST = 12  # calls
#: Methods of a class that a framework calls by itself.
_CALLED_BY_NAME = frozenset(
    """dispatch get_queryset get_object get_context_data form_valid perform_create perform_update
    perform_destroy get_serializer_class get_form_kwargs __init__ __call__ __invoke __construct
    handle""".split()
)


class CallStep(NamedTuple):
    """One function that calls another."""

    source: CodePlace
    target: CodePlace
    grade: str
    file: str
    line: int


@dataclass(frozen=True, eq=False)
class Flow:
    """The calls of a code base, and what is asked of tables in between."""

    code: CodeBase
    _steps: dict[CodePlace, tuple[CallStep, ...]] = field(default_factory=dict)

    def starts(self, route: Route) -> list[CodePlace]:
        """The functions that a route begins in; for one without a name stands its route."""
        if route.inside[1]:
            place = _unnamed(route)
            return [place] if self._unnamed[place].inside == route.inside else []
        place = CodePlace(route.file, route.symbol)
        while place.symbol and place not in self.code.symbols:
            place = CodePlace(place.path, place.symbol.rpartition(".")[0])
        if not place.symbol:
            return []
        if self.code.symbols[place].kind not in _CLASSES:
            return [place]
        wanted = _CALLED_BY_NAME | {route.method.lower()}
        if route.method == "ANY":
            wanted |= {"get", "post", "put", "patch", "delete"}
        named = [one for one in self._members.get(place, ()) if _last(one) in wanted]
        return [place, *named]

    def steps(self, place: CodePlace) -> tuple[CallStep, ...]:
        """What is called in a function, by line; an interface leads to what implements it."""
        if place not in self._steps:
            self._steps[place] = tuple(self._found(place))
        return self._steps[place]

    def _found(self, place: CodePlace) -> Iterator[CallStep]:
        seen = {place}
        for edge in self._edges.get(place, ()):
            target = edge.target
            symbol = self.code.symbols.get(target)
            if symbol is None or target in seen:
                continue
            seen.add(target)
            if symbol.kind in _CLASSES:
                made = (
                    None
                    if target in self._models
                    else next((one for one in self._members.get(target, ()) if _is_made(one)), None)
                )
                if made is None:
                    continue
                target = made
            elif symbol.kind == "constant" and not self._does(target):
                continue  # a method of its value is called, not the constant
            yield CallStep(place, target, str(edge.grade), edge.source.path, edge.line)
        symbol = self.code.symbols.get(place)
        for one in self._implementations.get(place, ()):
            if one not in seen:
                line = symbol.line if symbol else 0
                yield CallStep(place, one, str(Grade.INHERIT), place.path, line)

    def wired(self, place: CodePlace) -> tuple[CallStep, ...]:
        """What runs because of a function without being called by it: listeners, jobs, tasks."""
        return tuple(
            CallStep(place, edge.target, str(edge.grade), edge.source.path, edge.line)
            for edge in self._wired.get(place, ())
        )

    @cached_property
    def _wired(self) -> dict[CodePlace, list[Edge]]:
        symbols = self.code.symbols
        return _grouped(
            (edge.source, edge)
            for edge in self.code.edges
            if edge.grade is Grade.FRAMEWORK
            and edge.source.symbol
            and (one := symbols.get(edge.target))
            and one.kind in _FUNCTIONS
        )

    def _does(self, place: CodePlace) -> bool:
        """Whether something is called or asked in a place, beside making objects."""
        called = (self.code.symbols.get(one.target) for one in self._edges.get(place, ()))
        is_calling = any(one is not None and one.kind not in _CLASSES for one in called)
        return is_calling or any((*self.queries(place), *self.outgoing(place)))

    def reach(self, starts: Iterable[CodePlace]) -> Mapping[CodePlace, tuple[CallStep, ...]]:
        """Every function that is called from some, with the shortest way to it."""
        return dict(self.walk(starts))

    def walk(self, starts: Iterable[CodePlace]) -> Iterator[tuple[CodePlace, tuple[CallStep, ...]]]:
        """The same one after another, the nearest first."""
        waiting: deque[tuple[CodePlace, tuple[CallStep, ...]]] = deque(
            (place, ()) for place in starts
        )
        seen = {place for place, _ in waiting}
        while waiting:
            place, way = waiting.popleft()
            yield place, way
            for step in self.steps(place) if len(way) < _DEEPEST else ():
                if step.target not in seen:
                    seen.add(step.target)
                    waiting.append((step.target, (*way, step)))

    @cached_property
    def routed(self) -> Mapping[CodePlace, tuple[Route, tuple[CallStep, ...]]]:
        """Every function that some route waits for: the nearest route, and the way from it."""
        ways: dict[CodePlace, tuple[Route, tuple[CallStep, ...]]] = {}
        waiting: deque[CodePlace] = deque()
        for route in self.code.routes:
            for place in () if is_test(route.file) else self.starts(route):
                if place not in ways:
                    ways[place] = (route, ())
                    waiting.append(place)
        while waiting:
            place = waiting.popleft()
            route, way = ways[place]
            for step in self.steps(place) if len(way) < _DEEPEST else ():
                if step.target not in ways and not self.is_queued(step.target):
                    ways[step.target] = (route, (*way, step))
                    waiting.append(step.target)
        return ways

    def is_queued(self, place: CodePlace) -> bool:
        """Whether a call only puts something into a queue, going by what is noted at it."""
        symbol = self.code.symbols.get(place)
        return any(_QUEUES.search(one) for one in (symbol.annotations if symbol else ()))

    def queries(self, place: CodePlace) -> list[Query]:
        """What is asked of tables in a function."""
        return list(self._of(place, self._queries))

    def repeats(self, place: CodePlace) -> list[Repeat]:
        """The calls that loops of a function repeat."""
        return list(self._of(place, self._repeats))

    def outgoing(self, place: CodePlace) -> list[Outgoing]:
        """The calls of other services in a function."""
        return list(self._of(place, self._outgoing))

    def _of(
        self, place: CodePlace, found: Mapping[CodePlace, Sequence[_Placed]]
    ) -> Iterator[_Placed]:
        yield from found.get(place, ())
        if place in self._unnamed:
            first, last = self._unnamed[place].inside
            for other in self._around[place]:
                yield from (one for one in found.get(other, ()) if first <= one.line <= last)
        symbol = self.code.symbols.get(place)
        if symbol and symbol.kind == "constant":  # a function within a call, which has no name
            yield from (
                one
                for one in found.get(CodePlace(place.path), ())
                if symbol.line <= one.line <= symbol.last_line
            )

    @cached_property
    def _queries(self) -> dict[CodePlace, list[Query]]:
        return _grouped((one.place, one) for one in self.code.queries)

    @cached_property
    def _repeats(self) -> dict[CodePlace, list[Repeat]]:
        return _grouped((one.source, one) for one in self.code.repeats)

    @cached_property
    def _outgoing(self) -> dict[CodePlace, list[Outgoing]]:
        return _grouped((one.place, one) for one in self.code.outgoing)

    @cached_property
    def _edges(self) -> dict[CodePlace, list[Edge]]:
        found = _grouped(
            (edge.source, edge)
            for edge in self.code.edges
            if edge.grade in _FOLLOWED and edge.target.symbol
        )
        for place, symbol in self.code.symbols.items():
            if symbol.kind == "constant" and (inside := found.get(CodePlace(place.path))):
                own = [one for one in inside if symbol.line <= one.line <= symbol.last_line]
                if own:
                    found.setdefault(place, []).extend(own)
        for place, route in self._unnamed.items():
            first, last = route.inside
            found[place] = [
                edge
                for other in self._around[place]
                for edge in found.get(other, ())
                if first <= edge.line <= last and not _stands_before(edge, route)
            ]
        return {place: sorted(edges, key=lambda one: one.line) for place, edges in found.items()}

    @cached_property
    def _unnamed(self) -> dict[CodePlace, Route]:
        """The handlers without a name, each by what stands for it; of two of a file the first."""
        return {_unnamed(one): one for one in reversed(self.code.routes) if one.inside[1]}

    @cached_property
    def _around(self) -> Mapping[CodePlace, list[CodePlace]]:
        """The files and definitions that handlers without a name stand in, or may."""
        symbols, of_file = self.code.symbols, self.code.symbols_of
        found: dict[CodePlace, list[CodePlace]] = {}
        for place, route in self._unnamed.items():
            first, last = route.inside
            named = (one.place for one in of_file.get(place.path, ()))
            found[place] = [
                one
                for one in (CodePlace(place.path), *named)
                if one not in symbols
                or symbols[one].line < first
                or symbols[one].last_line > last  # what is defined inside is called there
            ]
        return found

    @cached_property
    def _models(self) -> frozenset[CodePlace]:
        """Classes of tables: what is called of them is a query more often than made."""
        return frozenset(CodePlace(one.file, one.symbol) for one in self.code.tables if one.symbol)

    @cached_property
    def _members(self) -> dict[CodePlace, list[CodePlace]]:
        return _grouped(
            (CodePlace(place.path, place.symbol.rpartition(".")[0]), place)
            for place in self.code.symbols
            if "." in place.symbol
        )

    @cached_property
    def _implementations(self) -> dict[CodePlace, list[CodePlace]]:
        """Members of interfaces -> the members of the classes that implement them."""
        found: dict[CodePlace, list[CodePlace]] = {}
        for edge in self.code.edges:
            if edge.grade is not Grade.INHERIT:
                continue
            symbol = self.code.symbols.get(edge.target)
            if symbol is None or symbol.kind != "interface":
                continue
            own = {_last(one): one for one in self._members.get(edge.source, ())}
            for member in self._members.get(edge.target, ()):
                if (one := own.get(_last(member))) is not None:
                    found.setdefault(member, []).append(one)
        return found


def _unnamed(route: Route) -> CodePlace:
    """What stands for a handler without a name: no line, so that findings keep their identity."""
    return CodePlace(route.file, f"{route.method} {route.path}")


def _stands_before(edge: Edge, route: Route) -> bool:
    """Whether a call on a handler's first line is of its middleware."""
    name = _last(edge.target)
    said = {word for one in route.middleware for word in _WORD.findall(one)}
    return edge.line == route.inside[0] and name in said


def _last(place: CodePlace) -> str:
    return place.symbol.rpartition(".")[2]


def _is_made(place: CodePlace) -> bool:
    return _last(place) in {"__init__", "__construct", "constructor", "handle", "__invoke"}


def _grouped(pairs: Iterable[tuple[CodePlace, T]]) -> dict[CodePlace, list[T]]:
    found: dict[CodePlace, list[T]] = {}
    for place, one in pairs:
        found.setdefault(place, []).append(one)
    return found
