"""Entities of JPA as their files say them; what tables they come to is in `jpa_tables`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.java_values import annotated, constants, value
from indexer.code.readers import Reader
from indexer.code.syntax import line_of
from indexer.code.tables.jpa_tables import Entities
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile
    from memory.code.codebase import Table, Unresolved

_CLASSES = "[(class_declaration) (record_declaration)] @class"
_ANNOTATIONS = frozenset({"annotation", "marker_annotation"})
_ARRAYS = frozenset({"element_value_array_initializer", "array_initializer"})
_GETTER = re.compile(r"(?:get|is)([A-Z]\w*)")
_MAPPED = frozenset({"Entity", "MappedSuperclass", "Embeddable"})


class JpaEntities(Reader):
    """Classes that are an `@Entity`, or that entities are made of."""

    name = "jpa"
    languages = frozenset({"java"})
    hint = re.compile(rb"@\s*(?:[\w.]+\.)?(?:Entity|MappedSuperclass|Embeddable)\b")
    version = 3
    yields = True

    def read(self, source: SourceFile) -> Iterable[Mark]:
        """`class`: its annotations and members; and the constants that these may name."""
        for node in source.captures(_CLASSES).get("class", ()):
            own = {name: _given(source, at) for name, _, at in annotated(source, node)}
            if _MAPPED.isdisjoint(own):
                continue
            name = source.owner(node)
            body = node.child_by_field_name("body")
            members = [*_components(source, node)]
            members += _members(source, body) if body is not None else []
            modifiers = next((one for one in node.children if one.type == "modifiers"), None)
            is_abstract = re.search(r"(?<![\w@.])abstract\b", source.text(modifiers)) is not None
            data = {"annotations": own, "members": members, "is_abstract": is_abstract}
            yield Mark(self.name, "class", name, line_of(node), data)
        yield from constants(source, self.name)

    def assemble(self, project: CodeProject) -> Iterable[Table | Unresolved]:
        """The tables of all entities, and those between them."""
        yield from Entities(project).tables()


def _components(source: SourceFile, node: Node) -> Iterator[list[Any]]:
    """The components of a record, as members."""
    listed = node.child_by_field_name("parameters")
    for one in listed.named_children if listed is not None else ():
        if one.type == "formal_parameter":
            said = {name: _given(source, at) for name, _, at in annotated(source, one)}
            name, type_ = (source.text(one.child_by_field_name(each)) for each in ("name", "type"))
            yield [name, type_, said, line_of(one), False]


def _members(source: SourceFile, body: Node) -> Iterator[list[Any]]:
    """Name, type, annotations, line and whether it is a getter, of what may be kept."""
    for node in body.named_children:
        said = {name: _given(source, at) for name, _, at in annotated(source, node)}
        type_ = source.text(node.child_by_field_name("type"))
        if node.type == "field_declaration":
            modifiers = next((one for one in node.children if one.type == "modifiers"), None)
            words = source.text(modifiers).split() if modifiers is not None else []
            if not {"static", "transient"} & set(words):
                for one in node.children_by_field_name("declarator"):
                    name = source.text(one.child_by_field_name("name"))
                    yield [name, type_, said, line_of(node), False]
        elif node.type == "method_declaration":
            name = source.text(node.child_by_field_name("name"))
            given = node.child_by_field_name("parameters")
            is_plain = given is not None and not given.named_children and type_ != "void"
            is_plain &= not name.startswith("is") or type_ in {"boolean", "Boolean"}
            modifiers = next((one for one in node.children if one.type == "modifiers"), None)
            is_static = re.search(r"(?<![\w@.])static\b", source.text(modifiers)) is not None
            is_member = not is_static and (said or is_plain)
            if is_member and (found := _GETTER.fullmatch(name)):
                own = found[1][:1].lower() + found[1][1:]
                yield [own, type_, said, line_of(node), True]


def _given(source: SourceFile, node: Node) -> dict[str, Any]:
    """What an annotation is given by name; those within it as a list of name and the like."""
    found: dict[str, Any] = {}
    arguments = node.child_by_field_name("arguments")
    for one in arguments.named_children if arguments is not None else ():
        if one.type == "element_value_pair":
            name = source.text(one.child_by_field_name("key"))
            found[name] = _said(source, one.child_by_field_name("value"))
        elif "comment" not in one.type:
            found["value"] = _said(source, one)
    return found


def _said(source: SourceFile, node: Node | None) -> Any:
    if node is None:
        return None
    if node.type in _ANNOTATIONS:
        name = source.text(node.child_by_field_name("name")).rpartition(".")[2]
        return ["@", name, _given(source, node)]
    if node.type in _ARRAYS:
        return [_said(source, one) for one in node.named_children if "comment" not in one.type]
    if node.type in {"true", "false"}:
        return node.type == "true"
    if node.type in {"class_literal", "decimal_integer_literal"}:
        return source.text(node)
    return value(source, node)
