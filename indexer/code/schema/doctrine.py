"""Entities of Doctrine as attributes of PHP say them; their tables are in `doctrine_tables`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.php_values import UNKNOWN, value
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.doctrine_tables import EntityTables
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_MAPPING = "Doctrine\\ORM\\Mapping"
_CLASSES = "[(class_declaration) (trait_declaration)] @class"
_CONSTANTS = "(const_element) @constant"
_PROMOTED = "(property_promotion_parameter) @promoted"
_NAMES = frozenset({"name", "qualified_name"})
_STRATEGY = re.compile(
    rb"(?:->namingStrategy\(|['\"]naming_strategy['\"]\s*+=>)\s*+['\"]([\w.\\]++)['\"]"
)
_RENAMES = re.compile(rb"setPrimaryTable\(|setTableName\(")


class DoctrineEntities(Reader):
    """Classes and traits with attributes of `Doctrine\\ORM\\Mapping`."""

    name = "doctrine"
    version = 2
    languages = frozenset({"php"})
    hint = re.compile(
        rb"Doctrine\\ORM\\Mapping|->namingStrategy\(|naming_strategy|setPrimaryTable\(|setTableName\("
    )
    yields = True

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`class`: attributes, members, what it extends and uses; and what names tables anew."""
        if found := _STRATEGY.search(source.content):
            yield Mark(self.name, "naming", found[1].decode(), 1, {})
        if _RENAMES.search(source.content) and b"loadClassMetadata" in source.content:
            yield Mark(self.name, "renames", "", 1, {})
        called = {
            local: one.target + (f"\\{name}" if name else "")
            for one in source.facts.imports
            for name, local in zip(one.names or ("",), one.local or ("",), strict=False)
            if one.target.startswith("Doctrine\\ORM")
        }
        if not called and _MAPPING.encode() not in source.content:
            return
        for node in source.captures(_CLASSES).get("class", ()):
            body = node.child_by_field_name("body")
            known = _constants(source, node)
            yield Mark(
                self.name,
                "class",
                source.symbol(node),
                line_of(node),
                {
                    "attributes": _attributes(source, node, called, known),
                    "members": [*_members(source, body, called, known)] if body else [],
                    "extends": [
                        source.text(one)
                        for clause in node.children
                        if clause.type == "base_clause"
                        for one in clause.named_children
                    ],
                    "traits": [
                        source.text(one)
                        for use in (body.named_children if body else ())
                        if use.type == "use_declaration"
                        for one in use.named_children
                        if one.type in _NAMES
                    ],
                },
            )

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of all entities, and those between them."""
        yield from EntityTables(project).tables()


def _constants(source: SourceFile, node: Node) -> dict[str, Any]:
    """The constants of a class by how they are named in it: `self::TABLE`, `Order::TABLE`."""
    own = source.text(node.child_by_field_name("name"))
    found: dict[str, Any] = {}
    for one in source.captures(_CONSTANTS, node).get("constant", ()):
        parts = one.named_children
        if len(parts) == 2:  # its name and its value
            said = value(source, parts[1], found)
            found |= {f"{name}::{source.text(parts[0])}": said for name in (own, "self", "static")}
    return found


def _members(
    source: SourceFile, body: Node, called: Mapping[str, str], known: Mapping[str, Any]
) -> Iterator[list[Any]]:
    """Name, type, attributes and line of the properties that have attributes of Doctrine."""
    declared = [one for one in body.named_children if one.type == "property_declaration"]
    for node in (*declared, *source.captures(_PROMOTED, body).get("promoted", ())):
        said = _attributes(source, node, called, known)
        if not said:
            continue
        type_ = source.text(node.child_by_field_name("type")).lstrip("?")
        elements = [one for one in node.named_children if one.type == "property_element"]
        for one in elements or [node]:
            name = source.text(one.child_by_field_name("name")).lstrip("$")
            yield [name, type_, said, line_of(node)]


def _attributes(
    source: SourceFile, node: Node, called: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, list[Any]]:
    """What each attribute of Doctrine is given, once for each time that it stands there."""
    found: dict[str, list[Any]] = {}
    groups = node.child_by_field_name("attributes")
    for group in groups.named_children if groups is not None else ():
        for one in group.named_children:
            name = _of_doctrine(source.text(one.named_children[0]), called)
            if name:
                parameters = one.child_by_field_name("parameters")
                found.setdefault(name, []).append(_given(source, parameters, known))
    return found


def _of_doctrine(said: str, called: Mapping[str, str]) -> str:
    """`Column` of `ORM\\Column` where that is `Doctrine\\ORM\\Mapping\\Column`; "" of others."""
    first, mark, rest = said.lstrip("\\").partition("\\")
    full = said.lstrip("\\") if said.startswith("\\") else f"{called.get(first, first)}{mark}{rest}"
    return full.removeprefix(f"{_MAPPING}\\") if full.startswith(f"{_MAPPING}\\") else ""


def _given(source: SourceFile, node: Node | None, known: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by name; those without one by their number."""
    found: dict[str, Any] = {}
    for one in node.named_children if node is not None else ():
        if one.type == "argument" and one.named_children:
            name = one.child_by_field_name("name")
            key = source.text(name) if name is not None else str(len(found))
            found[key] = _said(source, one.named_children[-1], known)
    return found


def _said(source: SourceFile, node: Node, known: Mapping[str, Any]) -> Any:
    """A value; of `new ORM\\Index(...)` its arguments, of a constant elsewhere how it is named."""
    if node.type == "object_creation_expression":
        parts = node.named_children
        return _given(source, parts[1] if len(parts) > 1 else None, known)
    if node.type == "array_creation_expression":
        inside = [one.named_children[-1] for one in node.named_children if one.named_children]
        if any(one.type == "object_creation_expression" for one in inside):
            return [_said(source, one, known) for one in inside]
    said = value(source, node, known)
    is_constant = said == UNKNOWN and node.type == "class_constant_access_expression"
    return f"{UNKNOWN}{source.text(node)}" if is_constant else said
