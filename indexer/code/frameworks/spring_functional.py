"""Routes of Spring that functions make: `route().GET("/x", handler::show)`, and predicates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.java_values import UNKNOWN, value
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_METHODS = "(method_declaration type: (_) @type) @method"
_CALLS = "(method_invocation name: (identifier) @name arguments: (argument_list) @given) @call"
_VERBS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_NESTED = frozenset({"path", "nest"})
_BEAN = re.compile(r"\A[^{;]{0,999}@Bean\b")
_BELOW = re.compile(r"\b(?:nest|path)\(")
_FILTERS = re.compile(r"\.(?:filter|before)\(")


def functional(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each route of a method that gives a `RouterFunction`."""
    for found in source.matches(_METHODS) if b"RouterFunction" in source.content else ():
        method = found["method"][0]
        if "RouterFunction" not in source.text(found["type"][0]):
            continue
        types = _types(source, method) | {"this": source.symbol(method).rpartition(".")[0]}
        own, beans = source.text(method), list(_beans(source, method))
        # What another takes may be served below a path that is not known here, or by nobody.
        is_served = any(one == own or not _BELOW.search(one) for one in beans)
        is_plain = not any(map(_FILTERS.search, (own, *beans)))
        for call in source.matches(_CALLS, method):
            name, given = source.text(call["name"][0]), call["given"][0]
            if name in _VERBS and given.named_children:
                data: dict[str, Any] = {
                    "verb": name,
                    "paths": [
                        *_above(source, given, method),
                        value(source, given.named_children[0]),
                    ],
                    "handler": _handler(source, given, types),
                    "is_plain": is_plain,
                    "is_served": is_served,
                }
                yield Mark(
                    reader, "function", source.symbol(method), line_of(call["name"][0]), data
                )


def _beans(source: SourceFile, method: Node) -> Iterator[str]:
    """Each method that makes a bean of what a method gives: itself, or one of its file."""
    called = re.compile(rf"\b{source.text(method.child_by_field_name('name'))}\(")
    for found in source.matches(_METHODS):
        said = source.text(found["method"][0])
        if _BEAN.search(said) and (found["method"][0] == method or called.search(said)):
            yield said


def _types(source: SourceFile, method: Node) -> dict[str, str]:
    parameters = method.child_by_field_name("parameters")
    return {
        source.text(one.child_by_field_name("name")): source.text(one.child_by_field_name("type"))
        for one in (parameters.named_children if parameters is not None else ())
    }


def _above(source: SourceFile, node: Node, method: Node) -> list[Any]:
    """The paths below which a call stands, the outermost first."""
    found: list[Any] = []
    inner, outer = node, node.parent
    while outer is not None and outer != method:
        named = outer.child_by_field_name("name")
        given = outer.child_by_field_name("arguments")
        is_nested = outer.type == "method_invocation" and source.text(named) in _NESTED
        first = given.named_children[0] if given is not None and given.named_children else None
        if is_nested and inner == given and first is not None and not _holds(first, node):
            if first.type == "method_invocation":
                said = first.child_by_field_name("arguments")
                first = said.named_children[0] if said is not None and said.named_children else None
            found.insert(0, value(source, first))
        inner, outer = outer, outer.parent
    return found


def _holds(outer: Node, inner: Node) -> bool:
    return outer.start_byte <= inner.start_byte and inner.end_byte <= outer.end_byte


def _handler(source: SourceFile, given: Node, types: dict[str, str]) -> str:
    """`Handler.show` of `handler::show`, which stands in the call or behind the predicate."""
    around = given.parent.parent if given.parent is not None else None
    for place in (given, around):
        for one in place.named_children if place is not None else ():
            if one.type == "method_reference":
                owner, _, member = source.text(one).partition("::")
                return f"{types.get(owner, owner)}.{member}"
    return UNKNOWN
