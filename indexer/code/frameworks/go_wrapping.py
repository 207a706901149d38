"""Handlers of Go within what wraps them, and functions that put several before one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.frameworks.go_functions import steps
from indexer.code.frameworks.go_middleware import LITERAL, REFUSES, SEES, STOPS, is_of_others
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_LONGEST = 300  # characters of a text that is kept
FUNCTION = "func"  # a variable that is made as one
HARMLESS = "func: "  # a literal in which nothing refuses
_HANDLERS = frozenset({"identifier", "selector_expression", "call_expression", "func_literal"})
_PLAIN = re.compile(r"\.(?:HandlerFunc|WrapF|WrapH|WrapHandler|HandlerWrap)$")
#: Handlers of the library that serve everybody the same.
SERVES = re.compile(r"^http\.(?:FileServer(?:FS)?|RedirectHandler|NotFoundHandler)\b")
#: Handlers that are wrapped where they are named: `var show = withUser(func(w, r) { ... })`.
_VALUES = """
(source_file (var_declaration [
    (var_spec name: (identifier) @name value: (expression_list . (call_expression) @value))
    (var_spec_list (var_spec name: (identifier) @name
        value: (expression_list . (call_expression) @value)))]))
"""
_VARIABLES = """
(source_file (var_declaration [
    (var_spec name: (identifier) @name value: (expression_list . (_) @value))
    (var_spec_list (var_spec name: (identifier) @name value: (expression_list . (_) @value)))]))
"""
_ANEW = """
[(assignment_statement left: (expression_list [(identifier) (selector_expression)] @name))
 (range_clause left: (expression_list (identifier) @name))
 (unary_expression operator: "&" operand: (identifier) @name)]
"""
_SEVERAL = """
(function_declaration parameters: (parameter_list (variadic_parameter_declaration))) @function
"""
#: `handler = one(handler)`, of one after the other.
_PUT_AROUND = re.compile(r"(?<![\w.])(\w{1,99}) = (\w{1,99})(?:\[\w{1,99}\])?\(\1\)")


def variables(source: SourceFile, reader: str) -> Iterator[Mark]:
    """What variables of a package are made as, and the names that functions give something anew."""
    for found in source.matches(_VARIABLES):
        value, name = found["value"][0], source.text(found["name"][0])
        if len(value.parent.named_children if value.parent else ()) > 1:
            continue  # `var one, other = f, g`
        is_function = value.type == "func_literal"
        said = FUNCTION if is_function else " ".join(source.text(value).split())[:_LONGEST]
        yield Mark(reader, "variable", name, line_of(value), {"is": said})
    for name in dict.fromkeys(map(source.text, source.captures(_ANEW).get("name", ()))):
        yield Mark(reader, "anew", name, 0, {})


def said_of(source: SourceFile, node: Node, *, is_first: bool = False) -> str:
    """The text of a handler or of what sees requests first; a place for a function without a name.

    Args:
        source: Its file.
        node: What is given.
        is_first: Whether it sees requests first, so that it may end them with any answer.
    """
    text = " ".join(source.text(node).split())
    if node.type == "func_literal":
        stops = is_first and not is_of_others(text) and STOPS.search(text.encode())
        may_end = REFUSES.search(text.encode()) or stops
        return f"{LITERAL}{node.start_byte}" if may_end else HARMLESS
    return text if len(text) <= _LONGEST else _without_arguments(text)


def _without_arguments(text: str) -> str:
    """A long chain of calls without what they are given: `auth.New(...).Handler`."""
    first, *rest = steps(text)
    return "(...).".join([first, *rest])[:_LONGEST] + ("" if rest else "(...)")


def unwrapped(source: SourceFile, node: Node | None) -> dict[str, Any]:
    """The handler within what wraps it: `auth(http.HandlerFunc(show))`.

    `wrapped` is what wraps it, the outermost first; `given` are the arguments of that one, if they
    are several, among which may be others that see a request first.
    """
    wrapped: list[list[Any]] = []
    given: list[str] = []
    while node is not None and node.type == "call_expression":
        arguments = node.child_by_field_name("arguments")
        inner = arguments.named_children if arguments else []
        called = source.text(node.child_by_field_name("function"))
        last = next((one for one in reversed(inner) if one.type in _HANDLERS), None)
        if last is None or SERVES.match(called):
            break
        if not _PLAIN.search(called):
            wrapped.append([" ".join(called.split()), line_of(node), True])
            if len(wrapped) == 1 and len(inner) > 1:
                given = [said_of(source, one) for one in inner]
        node = last
    handler = said_of(source, node) if node is not None else ""
    return {"handler": handler, "wrapped": wrapped, "given": given}


def wrapping(source: SourceFile, reader: str) -> Iterator[Mark]:
    """Handlers that are wrapped where they are named; functions that put several before one."""
    if not SEES.search(source.content):
        return
    for found in source.matches(_VALUES):
        value = found["value"][0]
        if SEES.search(source.content, value.start_byte, value.end_byte):
            name, line = source.text(found["name"][0]), line_of(value)
            yield Mark(reader, "value", name, line, unwrapped(source, value))
    for node in source.captures(_SEVERAL).get("function", ()):
        around = _PUT_AROUND.search(source.text(node.child_by_field_name("body")))
        parameters = node.child_by_field_name("parameters")
        names = [
            source.text(name)
            for one in (parameters.named_children if parameters else ())
            for name in one.children_by_field_name("name")
        ]
        if around and around[1] in names[:-1]:
            data = {"handler": names.index(around[1]), "others": len(names) - 1}
            yield Mark(reader, "several", source.symbol(node), line_of(node), data)
