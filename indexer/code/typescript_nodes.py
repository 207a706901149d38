"""Nodes of TypeScript and JavaScript: what an object is called, and what a definition stands in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

COMMON = re.compile(r"(?:module\.)?exports\.([\w$]+)|module\.exports")  # of CommonJS
DEFAULT = "default"  # what a module exports without a name
_AS_IT_IS = frozenset({"as_expression", "satisfies_expression", "parenthesized_expression"})


def held_by(source: SourceFile, member: Node) -> str | None:
    """What the object that has a member is called by what it is given to; "" for `module.exports`.

    None for one without a name, for one that a function has, and where there is no object.
    """
    if member.parent is None or member.parent.type != "object":
        return None
    text, outer = source.text, member.parent.parent
    while outer is not None and outer.type in _AS_IT_IS:
        outer = outer.parent
    if outer is None:
        return None
    if outer.type == "pair":
        above, own = held_by(source, outer), text(outer.child_by_field_name("key"))
        return None if above is None else f"{above}.{own}" if above else own
    if outer.type == "variable_declarator" and is_top(outer):
        return text(outer.child_by_field_name("name"))
    if outer.type == "assignment_expression":
        found = COMMON.fullmatch(text(outer.child_by_field_name("left")))
        return (found[1] or "") if found else None
    return DEFAULT if outer.type == "export_statement" else None


def says(node: Node, word: str) -> bool:
    """Whether a keyword stands directly in a node."""
    return any(not child.is_named and child.type == word for child in node.children)


def in_type(node: Node) -> bool:
    """Whether `import("x")` stands where a type does."""
    outer = node.parent
    while outer is not None and outer.type in {"member_expression", "generic_type"}:
        outer = outer.parent
    return outer is not None and (outer.type.startswith("type") or outer.type.endswith("_type"))


def is_top(node: Node) -> bool:
    """Whether a variable is of the file, not of a function."""
    outer = node.parent.parent if node.parent else None
    if outer is not None and outer.type == "export_statement":
        outer = outer.parent
    return outer is not None and outer.type == "program"


def statement_of(node: Node) -> Node:
    """The statement that a definition stands in, `export` and decorators included."""
    outer = node
    if node.type == "variable_declarator" and node.parent is not None:
        outer = node.parent
    if outer.parent is not None and outer.parent.type == "export_statement":
        outer = outer.parent
    return outer
