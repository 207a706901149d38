"""What names of Python mean where a node stands, by the functions around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import CodePlace

#: The type of `*parameters`, which are no one thing.
SEVERAL = "*"
_LISTS = frozenset({"list", "tuple"})
_VALUES = "(assignment left: (identifier) @name right: (_) @value)"
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
        said = source.text(one.child_by_field_name("name") or one).partition(":")[0]
        name, is_several = said.strip("* "), said.startswith("*")
        is_given = one.type not in {"comment", "positional_separator", "keyword_separator"}
        if is_given and (at or name not in {"self", "cls"}):
            found[name] = SEVERAL if is_several else source.text(one.child_by_field_name("type"))
    return found


def each_time(source: SourceFile, node: Node) -> list[dict[str, str]]:
    """What the names of the loop around a node stand for, each time that it goes round.

    Once nothing where there is no loop within its function, or what it goes through is not seen.
    """
    loop = node.parent
    while loop is not None and loop.type not in {"for_statement", "function_definition"}:
        loop = loop.parent
    if loop is None or loop.type != "for_statement":
        return [{}]
    left, right = (loop.child_by_field_name(one) for one in ("left", "right"))
    listed = _listed(source, right)
    names = [source.text(one) for one in (left, *(left.named_children if left else ())) if one]
    found = []
    for one in listed.named_children if listed else ():
        if one.type not in {"comment", "list_splat"}:
            parts = one.named_children if one.type in {"tuple", "list"} else ()
            found.append(dict(zip(names, map(source.text, (one, *parts)), strict=False)))
        elif one.type == "list_splat":
            return [{}]
    return found or [{}]


def _listed(source: SourceFile, node: Node | None) -> Node | None:
    """A list as it is written, or the one that its file has by a name and never changes."""
    if node is None or node.type in _LISTS:
        return node
    name = source.text(node)
    values = [
        one["value"][0] for one in source.matches(_VALUES) if source.text(one["name"][0]) == name
    ]
    changes = rf"(?<![\w.]){re.escape(name)}(?:\.(?:append|extend|insert|remove|pop)\(| \+=|\[)"
    is_one = len(values) == 1 and values[0].type in _LISTS
    return values[0] if is_one and not re.search(changes.encode(), source.content) else None


def put_in(said: str, known: dict[str, str]) -> str:
    """A text with what names in it stand for."""
    for name, value in known.items():
        parts = re.split(rf"(?<![\w.'\"]){re.escape(name)}(?![\w'\"])", said)
        said = value.join(parts)
    return said


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


def own_names(source: SourceFile, node: Node, *said: str) -> dict[str, str]:
    """The names in texts that a function around a node has of its own, each in full."""
    names = {name for one in said for name in re.findall(r"(?<![\w.'\"])[A-Za-z_]\w*", one)}
    full = {name: full_name(source, node, name) for name in sorted(names)}
    return {name: own for name, own in full.items() if own != name}


def located(project: CodeProject, path: str, said: str) -> CodePlace | None:
    """What a name means in a file; nothing for what a function has that is no definition."""
    place = project.locate(path, said)
    one = project.definition(place) if place and said.startswith(f"{place.symbol}.") else None
    return None if one and one.kind in {"function", "method"} else place
