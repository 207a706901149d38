"""Decorators of a project that are given a method of a router: `@guarded(router.get, "/orders")`.

Such a decorator makes a route where a call in it has two of its parameters in these places: what
is called is the router's method, and what it is called with first is the path.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

_GIVEN = """
(decorated_definition
    (decorator (call function: (_) @called arguments: (argument_list) @arguments)) @decorator
    definition: (function_definition name: (identifier) @name) @function)
"""
_OUTER = """
(function_definition parameters: (parameters) @parameters
    body: (block (function_definition) @inner)) @function
"""
_CALLS = """
(call function: (identifier) @called arguments: (argument_list . (identifier) @first))
"""
_METHOD = re.compile(r"([\w.]+)\.(get|post|put|patch|delete|head|options|trace)")


def decorator_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Functions so decorated, with what their decorator is given; and what may be a decorator."""
    text = source.text
    for found in source.matches(_GIVEN):
        nodes = found["arguments"][0].named_children
        given = [text(one) for one in nodes if one.type != "keyword_argument"]
        named = [text(one.child_by_field_name("value")) for one in nodes if text(one) not in given]
        method = next(filter(None, map(_METHOD.fullmatch, [*given, *named])), None)
        if method:
            line = line_of(found["decorator"][0])
            data = {"by": text(found["called"][0]), "given": given, "method": method[2]}
            data |= {"handler": text(found["name"][0]), "at": line_of(found["function"][0])}
            yield Mark(reader, "handed", method[1], line, data)
    for found in source.matches(_OUTER):
        node = found["function"][0]
        names = [_name(source, one) for one in found["parameters"][0].named_children]
        for call in source.matches(_CALLS, found["inner"][0]):
            called, first = text(call["called"][0]), text(call["first"][0])
            if called in names and first in names and called != first:
                data = {"called": names.index(called), "path": names.index(first)}
                yield Mark(reader, "decorator", source.owner(node), line_of(node), data)


def _name(source: SourceFile, parameter: Node) -> str:
    return re.split(r"\W", source.text(parameter).lstrip("*"), maxsplit=1)[0]


def handed_routes(project: CodeProject) -> Iterator[tuple[str, Mark]]:
    """The routes of functions so decorated, as marks of routes, which depend on their decorator.

    Where the decorator is not known to make a route of them, their path is no literal.
    """
    made = {(path, mark.name): mark.data for path, mark in project.marks("fastapi", "decorator")}
    for path, mark in project.marks("fastapi", "handed"):
        place = project.locate(path, mark.data["by"])
        own = made.get((place.path, place.symbol)) if place else None
        given, by = mark.data["given"], mark.data["by"]
        is_made = own and max(own["called"], own["path"]) < len(given)
        is_made = is_made and _METHOD.fullmatch(given[own["called"]]) if own else None
        data = {
            "first": given[own["path"]] if own and is_made else by,
            "second": "",
            "depends": [by],
            "methods": [],
        }
        told = {name: mark.data[name] for name in ("method", "handler", "at")}
        yield path, Mark(mark.reader, "route", mark.name, mark.line, data | told)
