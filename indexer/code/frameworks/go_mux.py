"""gorilla/mux: a route as a chain of calls states it, and the routers below a prefix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.go_kinds import methods_of
from indexer.code.frameworks.go_router import Router, joined

if TYPE_CHECKING:
    from indexer.code.frameworks.go_registered import GoFunction
    from indexer.code.syntax import Node

_SAME = frozenset({"StrictSlash", "SkipClean", "UseEncodedPath"})  # the router itself, set up
_STATES = frozenset({"Methods", "Path", "PathPrefix", "Host", "Headers", "HeadersRegexp", "Queries",
                     "Schemes", "Name", "MatcherFunc", "NewRoute"})  # fmt: skip
_ANSWERS = frozenset({"Handler", "HandlerFunc"})
_BEGINS = "*"  # behind a path with which those begin that are meant


@dataclass
class MuxRoute(Router):
    """What a chain says so far; `Methods` may stand before or behind what answers."""

    path: str = ""
    is_prefix: bool = False  # whether all paths are meant that begin with it
    methods: list[str] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)  # of its first method


def register(
    reading: GoFunction, router: Router, member: str, said: list[Node], node: Node
) -> Router | None:
    """What a method of a router or of a route gives; None for one that is neither's.

    What a router uses it uses for all its routes, those before it and those of the routers below
    it too, so it is no part of the way to a route but stands for the router: a mark `use`.
    """
    if member in {"Handle", "HandleFunc"} and not isinstance(router, MuxRoute) and said:
        route = _route_of(router)
        route.path = reading.path(said[0])
        return _answer(reading, route, said[1:], node)
    if member == "Use":
        more = reading.middleware(said)
        reading.emit("use", node, {"base": router.base, "middleware": more, "is_all": True})
        return router
    if member in _SAME:
        return router
    route = router if isinstance(router, MuxRoute) else _route_of(router)
    if member in _STATES:
        _state(reading, route, member, said)
        return route
    if member in _ANSWERS:
        return _answer(reading, route, said, node)
    return _below(reading, route, node) if member == "Subrouter" else None


def _route_of(router: Router) -> MuxRoute:
    return MuxRoute("mux", router.base, router.prefix, list(router.middleware), router.made)


def _below(reading: GoFunction, route: MuxRoute, node: Node) -> Router:
    below = Router("mux", f"new:{node.start_byte}:{node.end_byte}")
    data = {"what": below.base, "own": "", **route.below(route.path, []).said()}
    reading.emit("mount", node, data)
    return below


def _state(reading: GoFunction, route: MuxRoute, member: str, said: list[Node]) -> None:
    if member == "Methods":
        named = " ".join(reading.text(one) for one in said)
        route.methods = methods_of(named)
        for data in route.marks:
            data["methods"] = route.methods
    elif member in {"Path", "PathPrefix"} and said:
        route.path = joined(route.path, reading.path(said[0]))
        route.is_prefix = member == "PathPrefix"


def _answer(reading: GoFunction, route: MuxRoute, handlers: list[Node], node: Node) -> MuxRoute:
    inner = reading.within(handlers[-1]) if handlers else None
    if inner is not None:  # which sees the whole path, and what this one uses
        data = {"base": inner.base, "middleware": [[reading.text(node)[:80], 0, False]]}
        reading.emit("use", node, data)
        return route
    path = route.path + (_BEGINS if route.is_prefix else "")
    data = reading.route(route, "ANY", path, handlers, node)
    if route.methods:
        data["methods"] = route.methods
    route.marks.append(data)
    return route
