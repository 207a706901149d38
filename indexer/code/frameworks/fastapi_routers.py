"""Routers and applications of FastAPI: what makes them, and the functions that are given some."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.syntax import line_of
from memory.code.codebase import CodePlace
from memory.code.facts import Mark
from memory.code.testing import is_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

#: What a class is called that may be one.
MAYBE_ROUTER = re.compile(r"(?:^|\.)\w*(?:Router|API|App)$")
_OWN = frozenset({"FastAPI", "APIRouter"})
_DEEPEST = 4  # classes, one extending another


def is_own(called: str) -> bool:
    """Whether it is a class of FastAPI itself."""
    return called.rpartition(".")[2] in _OWN


def router_kind(project: CodeProject, path: str, called: str, depth: int = 0) -> str:
    """The class of FastAPI that one is, or extends; "" for none."""
    if is_own(called):
        return called.rpartition(".")[2]
    place = project.locate(path, called)
    one = project.definition(place) if place else None
    for base in one.bases if place and one and depth < _DEEPEST else ():
        if place and (kind := router_kind(project, place.path, base, depth + 1)):
            return kind
    return ""


_CALLS = """
(call function: [(identifier) (attribute)] @called arguments: (argument_list) @arguments) @call
"""


def handing_marks(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each call that is given what is called a router, by its name or place."""
    if b"outer" not in source.content:
        return
    for found in source.matches(_CALLS):
        given: dict[str, str] = {}
        plain = (one for one in found["arguments"][0].named_children if one.type != "comment")
        for at, one in enumerate(plain):
            name = source.text(one.child_by_field_name("name")) or str(at)
            value = one.child_by_field_name("value") or one
            said = source.text(value) if value.type in {"identifier", "attribute"} else ""
            if "router" in said.rpartition(".")[2].lower():
                given[name] = said
        called = source.text(found["called"][0])
        if given and called.rpartition(".")[2] != "include_router":
            yield Mark(reader, "handing", called, line_of(found["call"][0]), {"given": given})


def within(source: SourceFile, call: Node) -> dict[str, Any]:
    """The function that a call stands in, and the names of what that is given."""
    outer = call.parent
    while outer is not None and outer.type != "function_definition":
        outer = outer.parent
    listed = outer.child_by_field_name("parameters") if outer else None
    names = [
        source.text(one.child_by_field_name("name") or one).partition(":")[0].strip()
        for one in (listed.named_children if listed else ())
        if one.type not in {"comment", "positional_separator", "keyword_separator"}
    ]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names  # which no call is given
    return {"within": source.owner(call) if outer else "", "parameters": names}


def handed_routers(project: CodeProject, path: str, mark: Mark) -> Iterator[tuple[str, str]]:
    """What a function is given, by file and name, as the parameter that it includes."""
    name, names = mark.data["first"], mark.data["parameters"]
    place = CodePlace(path, mark.data["within"])
    if name not in names or not place.symbol:
        return
    for where, one in project.marks("fastapi", "handing"):
        said = one.data["given"].get(name) or one.data["given"].get(str(names.index(name)))
        if said and not is_test(where) and project.locate(where, one.name) == place:
            yield where, said
