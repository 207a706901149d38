"""How paths and handlers of routes are named, where a module does it otherwise than most."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from memory.code.findings.consistency import Habit, stands_out
from memory.code.findings.rule import AuditSubject, Rule, Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.code.codebase import Route

_PARAMETER = re.compile(r"^(?:\{[^}]*\}|<[^>]*>|:\w.*|\$\w+|\(.*|\*.*|\[.*)$")
_NAME = re.compile(r"[A-Za-z_]\w*")
_KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_SNAKE = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)+")
_CAMEL = re.compile(r"[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]*)+")
_PASCAL = re.compile(r"(?:[A-Z][a-z0-9]+){2,}")
_STYLES = (
    ("kebab-case", _KEBAB),
    ("snake_case", _SNAKE),
    ("camelCase", _CAMEL),
    ("PascalCase", _PASCAL),
)
_ID = re.compile(r"(?:.*[_-])?(?:id|pk|uuid|slug)", re.IGNORECASE)
_MANY = re.compile(r"(?:[a-z]s|people|children|data|media|staff)$")
_ONE_BY_S = re.compile(r"(?:ss|us|is|news|address|status|series)$")
_WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_ROLES = frozenset({"controller", "handler", "view", "resource", "endpoint", "viewset", "action"})


def _paths(subject: AuditSubject) -> Seen:
    """Words of paths that have several parts."""
    return stands_out(
        subject.code, "consistency.path-names", "names in paths", _parts(subject, _in_path)
    )


def _parameters(subject: AuditSubject) -> Seen:
    return stands_out(
        subject.code,
        "consistency.path-parameters",
        "parameters in paths",
        _parts(subject, _in_parameter),
    )


def _collections(subject: AuditSubject) -> Seen:
    return stands_out(
        subject.code, "consistency.plural-paths", "collections in paths", _parts(subject, _number)
    )


def _handlers(subject: AuditSubject) -> Seen:
    """Classes that handle: by the last word of their names."""
    return stands_out(
        subject.code,
        "consistency.handler-names",
        "classes that handle requests",
        _parts(subject, _role),
    )


def _parts(
    subject: AuditSubject, of: Callable[[Route], Iterator[tuple[str, str]]]
) -> Iterator[Habit]:
    """What is seen in each route, each name once for a module."""
    code, seen = subject.code, set()
    for route in sorted(code.routes, key=lambda one: (one.file, one.line, one.path)):
        if route.file not in code.files:
            continue
        for way, name in of(route):
            key = (code.files[route.file].module, name)
            if key not in seen:
                seen.add(key)
                yield Habit(way, route.file, route.line, f"{name} in {route.method} {route.path}")


def _segments(route: Route) -> list[str]:
    return [one for one in route.path.split("/") if one]


def _in_path(route: Route) -> Iterator[tuple[str, str]]:
    for one in _segments(route):
        if not _PARAMETER.match(one) and (way := _style(one)):
            yield way, one


def _in_parameter(route: Route) -> Iterator[tuple[str, str]]:
    for one in _segments(route):
        name = _parameter(one)
        if name and (way := _style(name)):
            yield way, name


def _number(route: Route) -> Iterator[tuple[str, str]]:
    """The name before an id: that of a collection, or of one of it."""
    parts = _segments(route)
    for one, after in pairwise(parts):
        name = _parameter(after)
        last = re.split(r"[-_]|(?<=[a-z])(?=[A-Z])", one)[-1].lower()
        if not name or _PARAMETER.match(one) or not last.isalpha():
            continue
        is_many = _MANY.search(last) and not _ONE_BY_S.search(last)
        is_of_it = name.lower().startswith(last[:4]) or bool(_ID.fullmatch(name))
        if is_of_it and (is_many or name.lower().startswith(last)):
            yield ("plural" if is_many else "singular"), one


def _role(route: Route) -> Iterator[tuple[str, str]]:
    owner = route.symbol.partition(".")[0]
    words = _WORD.findall(owner)
    if owner[:1].isupper() and words and words[-1].lower() in _ROLES:
        yield f"...{words[-1]}", owner


def _parameter(segment: str) -> str:
    """The name of a parameter: the last one in `<int:user_id>`, the first in `{id:int}`."""
    if not _PARAMETER.match(segment):
        return ""
    inner = segment.strip("{}<>:$()*[]")
    if segment.startswith("<"):
        inner = inner.rpartition(":")[2]
    found = _NAME.match(inner)
    return found[0] if found else ""


def _style(name: str) -> str:
    """How a name of several words is written; "" for one word, or for what is no name."""
    return next((way for way, pattern in _STYLES if pattern.fullmatch(name)), "")


RULES = (
    Rule("consistency.path-names", "how names in paths are written", _paths),
    Rule("consistency.path-parameters", "how parameters in paths are written", _parameters),
    Rule("consistency.plural-paths", "whether collections are plural in paths", _collections),
    Rule("consistency.handler-names", "what classes that handle requests are called", _handlers),
)
