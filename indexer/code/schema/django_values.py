"""What fields and options of Django's models are given, in models and in migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from indexer.code.python_values import text_of

if TYPE_CHECKING:
    from indexer.code.syntax import Node, SourceFile

_LISTS = frozenset({"list", "tuple", "set", "frozenset"})
_OPTIONS = frozenset(
    """null unique primary_key db_index db_column db_constraint db_table to to_field on_delete
    through parent_link""".split()
)


def options(source: SourceFile, node: Node) -> dict[str, Any]:
    """What the call of a field is given, of what matters here."""
    found: dict[str, Any] = {}
    for child in node.named_children:
        if child.type == "keyword_argument":
            name = source.text(child.child_by_field_name("name"))
            if name in _OPTIONS:
                said = source.text(child.child_by_field_name("value"))
                is_name = name in {"db_column", "db_table"}
                found[name] = said.strip("'\"") if is_name else said
        elif child.type != "comment":
            found["on_delete" if "to" in found else "to"] = source.text(child)
    return found


def listed(source: SourceFile, value: Node) -> list[Any]:
    """Each member of a list: names of fields, or a call with the fields and options that it has."""
    inner = _unwrapped(source, value)
    if inner is None or inner.type == "none":
        return []
    if inner.type not in {"list", "tuple", "set"}:
        return [None]
    members = [one for one in inner.named_children if one.type != "comment"]
    if members and all(one.type == "string" for one in members):
        return [names(source, inner)]
    found: list[Any] = []
    for one in members:
        if one.type in {"list", "tuple"}:
            found.append(names(source, one))
        elif one.type == "call":
            found.append(call(source, one))
        else:
            found.append(None)
    return found


def call(source: SourceFile, node: Node) -> dict[str, Any]:
    """An index or a constraint: its class, its fields, its name, and which options it has."""
    arguments = node.child_by_field_name("arguments")
    said: dict[str, Any] = {"is": source.text(node.child_by_field_name("function")), "options": []}
    for one in arguments.named_children if arguments is not None else ():
        if one.type == "keyword_argument":
            name, value = (one.child_by_field_name(each) for each in ("name", "value"))
            if source.text(name) == "fields" and value is not None:
                said["fields"] = names(source, value)
            elif source.text(name) == "name":
                said["name"] = text_of(source, value)
            said["options"].append(source.text(name))
        elif one.type != "comment":
            said["options"].append("an expression")
    return said


def _unwrapped(source: SourceFile, value: Node) -> Node | None:
    """What `set(...)` and its like are given."""
    if value.type != "call" or source.text(value.child_by_field_name("function")) not in _LISTS:
        return value
    arguments = value.child_by_field_name("arguments")
    return next(iter(arguments.named_children), None) if arguments is not None else None


def names(source: SourceFile, node: Node) -> list[str] | None:
    """The names of fields; None where one is computed."""
    members = [one for one in node.named_children if one.type != "comment"]
    if node.type not in {"list", "tuple"} or any(one.type != "string" for one in members):
        return None
    return [source.text(one).strip("'\"").lstrip("-") for one in members]
