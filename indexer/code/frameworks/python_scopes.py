"""What names of Python mean where a node stands, by the functions around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import CodePlace

_ASSIGNED = "(assignment left: (identifier) @name)"


def function_of(node: Node) -> Node | None:
    """The innermost function around a node."""
    outer = node.parent
    while outer is not None and outer.type != "function_definition":
        outer = outer.parent
    return outer


def types_of(source: SourceFile, function: Node) -> dict[str, str]:
    """The parameters that a call gives, in their order, with their types."""
    listed, found = function.child_by_field_name("parameters"), {}
    for at, one in enumerate(listed.named_children if listed is not None else ()):
        name = source.text(one.child_by_field_name("name") or one).partition(":")[0].strip()
        is_given = one.type not in {"comment", "positional_separator", "keyword_separator"}
        if is_given and (at or name not in {"self", "cls"}):
            found[name] = source.text(one.child_by_field_name("type"))
    return found


def full_name(source: SourceFile, node: Node, said: str) -> str:
    """A name with the function around a node that defines, assigns or is given it: `make.login`."""
    name, outer = said.partition(".")[0], function_of(node)
    while outer is not None:
        owner = source.owner(outer)
        is_own = any(one.name == f"{owner}.{name}" for one in source.facts.definitions)
        assigned = (source.text(one["name"][0]) for one in source.matches(_ASSIGNED, outer))
        if is_own or name in types_of(source, outer) or name in assigned:
            return f"{owner}.{said}"
        outer = function_of(outer)
    return said


def located(project: CodeProject, path: str, said: str) -> CodePlace | None:
    """What a name means in a file; nothing for what a function has that is no definition."""
    place = project.locate(path, said)
    one = project.definition(place) if place and said.startswith(f"{place.symbol}.") else None
    return None if one and one.kind in {"function", "method"} else place
