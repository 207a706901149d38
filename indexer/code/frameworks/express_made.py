"""What names of a file stand for in Express: applications, routers, and what middleware is."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from indexer.code.frameworks.express_calls import (
    LONGEST,
    ROUTER,
    is_application,
    is_set_from_outside,
    is_top,
    returned,
    short,
)
from indexer.code.frameworks.express_middleware import MiddlewareArgument, given, limits
from indexer.code.frameworks.express_wrappers import FUNCTIONS, around
from indexer.code.frameworks.typescript_refusals import judge
from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.syntax import Node, SourceFile

_MADE = """
[(variable_declarator name: (identifier) @name value: (_) @value)
 (public_field_definition name: (property_identifier) @name value: (_) @value)
 (assignment_expression left: [(identifier) (member_expression)] @name right: (_) @value)]
"""
_DECLARED = "[(function_declaration) (method_definition)] @function"
_USED = """
([(call_expression function: (member_expression property: (property_identifier) @called)
    arguments: (arguments (identifier) @given))
  (call_expression function: (member_expression object: (identifier) @given
    property: (property_identifier) @called))]
 (#any-of? @called "use" "route" "all" "get" "post" "put" "patch" "delete"))
"""
_CALLED = """
(variable_declarator name: (identifier) @name
    value: (call_expression function: (identifier) @by) @value)
"""
_EXPORTED = "(export_statement value: (_) @value)"
_REQUIRED = re.compile(r"require\([^()]*+\)[\w.]*+")
#: A name to which something is given without a declaration, or of what something is changed.
_CHANGES = re.compile(
    rb"(?<!const )(?<!let )(?<!var )(?<![\w.$])([\w$]++)\s*+"
    rb"(?:=(?![=>])|\[|\.(?:push|unshift|splice|pop|shift|fill|length)\b)"
)
_DECLARED_WITH = re.compile(rb"\b(?:let|var) ([\w$]++)\s*+(?::[^=\n]{0,99})?=")
NEW = re.compile(r"new\s+([\w$.]+)")


def made_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each name with what it stands for, and for what a file exports without one."""
    text = source.text
    for found in source.matches(_MADE):
        name = text(found["name"][0])
        of_class = found["name"][0].type == "property_identifier"
        name = f"this.{name}" if of_class else name
        yield from _made(source, reader, name, found["value"][0])
    for found in source.matches(_DECLARED):
        node = found["function"][0]
        if made := returned(source, node):
            name = source.symbol(node) or text(node.child_by_field_name("name"))
            yield Mark(reader, "given back", name, line_of(node), {"is": made})
    for found in source.matches(_EXPORTED):
        yield from _made(source, reader, "default", found["value"][0])


def called_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """By which function a variable is made that may be an application or router.

    It is used by one, or has a method that registers.
    """
    used = {source.text(one["given"][0]) for one in source.matches(_USED)}
    for found in source.matches(_CALLED) if used else ():
        name, value = source.text(found["name"][0]), found["value"][0]
        said = source.text(value)
        is_plain = said.startswith("require(") or ROUTER.match(said) or is_application(source, said)
        if name in used and not is_plain:
            by = source.text(found["by"][0])
            if is_top(value) and not _stays(source, name, value):
                by = ""  # or by another one
            within = "" if is_top(value) else source.owner(value)
            yield Mark(reader, "by", name, line_of(value), {"is": by, "in": within})


def _made(source: SourceFile, reader: str, name: str, value: Node) -> Iterator[Mark]:
    said, line = source.text(value), line_of(value)
    name = re.sub(r"^(?:module\.)?exports\.", "", name).replace("module.exports", "default")
    is_app = is_application(source, said)
    if ROUTER.match(said) or is_app:
        data = {"is_application": is_app, "within": source.owner(value)}
        data["is_own"] = not is_set_from_outside(source, value)
        yield Mark(reader, "made", name, line, data)
    elif value.type == "new_expression" and (new := NEW.match(said)):
        yield Mark(reader, "instance", name, line, {"is": new[1]})
    elif inner := around(value):
        by = source.text(value.child_by_field_name("function"))
        yield Mark(reader, "around", name, line, judge(source, inner) | {"by": by})
    elif value.type in FUNCTIONS and (made := returned(source, value)):
        yield Mark(reader, "given back", name, line, {"is": made})
    elif value.type in {"call_expression", "identifier", "member_expression"}:
        is_seen = is_top(value) or limits(MiddlewareArgument(said.partition("(")[0]))
        is_seen = is_seen and _stays(source, name, value) and not _REQUIRED.fullmatch(said)
        if is_seen and (made := short(said)):
            yield Mark(reader, "value", name, line, {"is": made})
    elif is_top(value):
        yield from _held(source, reader, name, value)


def _held(source: SourceFile, reader: str, name: str, value: Node) -> Iterator[Mark]:
    """What is in a list that never changes, and what an object has by calls."""
    if value.type == "array" and (parts := given(source, value)):
        if _stays(source, name, value):
            yield Mark(reader, "list", name, line_of(value), {"parts": parts})
    elif value.type == "object":
        for pair in value.named_children:
            one = pair.child_by_field_name("value")
            if one is not None and one.type == "call_expression":
                key = source.text(pair.child_by_field_name("key"))
                data = {"is": source.text(one)[:LONGEST]}
                yield Mark(reader, "value", f"{name}.{key}", line_of(pair), data)


def _stays(source: SourceFile, name: str, value: Node) -> bool:
    """Whether nothing is given to a name but the value, nor done to what that is."""
    changes, declared = _changes(source)
    if value.parent is None or value.parent.type != "assignment_expression":
        return not changes[name]
    return changes[name] <= 1 and name not in declared


@lru_cache(maxsize=1)
def _changes(source: SourceFile) -> tuple[Counter[str], set[str]]:
    """How often names of a file are given something, or changed; and those that begin with it."""
    changes = Counter(one.decode("utf-8", "replace") for one in _CHANGES.findall(source.content))
    declared = {one.decode("utf-8", "replace") for one in _DECLARED_WITH.findall(source.content)}
    return changes, declared
