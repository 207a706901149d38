"""Values that Java states in annotations and calls, and the constants that they name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from indexer.code.syntax import line_of
from memory.code.facts import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import Node, SourceFile

UNKNOWN = "\0"  # a value, or a part of a text, that only running would tell
CONSTANT = "constant"  # the kind of the marks
_NAMED = "\1"  # around the name of a constant
_NAMES = re.compile(f"{_NAMED}([^{_NAMED}]+){_NAMED}")
_ARRAYS = frozenset({"element_value_array_initializer", "array_initializer"})
_FIELDS = "[(field_declaration) (constant_declaration)] @field"
_ANNOTATIONS = frozenset({"annotation", "marker_annotation"})
_DEEPEST = 8  # constants made of constants


def value(source: SourceFile, node: Node | None) -> Any:  # noqa: PLR0911  (a form each)
    """A text, or a list of them; constants as their names, which `Constants` knows."""
    if node is None:
        return UNKNOWN
    if node.type == "string_literal":
        inside = node.named_children
        is_plain = all(one.type == "string_fragment" for one in inside)
        return "".join(map(source.text, inside)) if is_plain else UNKNOWN
    if node.type in _ARRAYS:
        return [value(source, one) for one in node.named_children]
    if node.type == "array_creation_expression":
        return value(source, node.child_by_field_name("value"))
    if node.type in {"identifier", "field_access"}:
        return f"{_NAMED}{source.text(node)}{_NAMED}"
    if node.type == "binary_expression":
        sides = [value(source, node.child_by_field_name(one)) for one in ("left", "right")]
        return "".join(one if isinstance(one, str) else UNKNOWN for one in sides)
    return UNKNOWN


def annotated(source: SourceFile, node: Node) -> Iterator[tuple[str, dict[str, Any], Node]]:
    """The annotations of a declaration: the name, what it is given by name, and the node."""
    modifiers = next((one for one in node.children if one.type == "modifiers"), None)
    for one in modifiers.named_children if modifiers is not None else ():
        if one.type in _ANNOTATIONS:
            name = source.text(one.child_by_field_name("name")).rpartition(".")[2]
            given = one.child_by_field_name("arguments")
            yield name, dict(_given(source, given)), one


def _given(source: SourceFile, node: Node | None) -> Iterator[tuple[str, Any]]:
    for one in node.named_children if node is not None else ():
        if one.type == "element_value_pair":
            name = source.text(one.child_by_field_name("key"))
            yield name, value(source, one.child_by_field_name("value"))
        elif "comment" not in one.type:
            yield "value", value(source, one)


def constants(source: SourceFile, reader: str) -> Iterator[Mark]:
    """A mark for each field that is a text or a list of texts."""
    for node in source.captures(_FIELDS).get("field", ()):
        if not source.text(node.child_by_field_name("type")).startswith("String"):
            continue
        for one in node.children_by_field_name("declarator"):
            said = value(source, one.child_by_field_name("value"))
            owner = source.within(node)
            if said != UNKNOWN and owner >= 0:
                own = source.text(one.child_by_field_name("name"))
                name = f"{source.facts.definitions[owner].name}.{own}"
                yield Mark(reader, CONSTANT, name, line_of(node), {"is": said})


class Constants:
    """The constants of a project."""

    def __init__(self, project: CodeProject, reader: str) -> None:
        self._project = project
        self._values = {
            (path, mark.name): mark.data["is"] for path, mark in project.marks(reader, CONSTANT)
        }

    def texts(self, path: str, owner: str, said: Any, depth: int = 0) -> list[str]:
        """The texts of a value as a class sees it; `UNKNOWN` in those that are not known."""
        if isinstance(said, list):
            return [each for one in said for each in self.texts(path, owner, one, depth)]
        whole = _NAMES.fullmatch(said)
        if whole:
            found = self._constant(path, owner, whole[1])
            if found is None or depth > _DEEPEST:
                return [UNKNOWN]
            return self.texts(found[0], found[1], found[2], depth + 1)

        def inner(name: re.Match[str]) -> str:
            known = self.texts(path, owner, name[0], depth + 1) if depth <= _DEEPEST else []
            return known[0] if len(known) == 1 else UNKNOWN

        return [_NAMES.sub(inner, said)]

    def _constant(self, path: str, owner: str, name: str) -> tuple[str, str, Any] | None:
        for named in (f"{owner}.{name}" if owner else name, name):
            place = self._project.locate(path, named)
            if place is not None and tuple(place) in self._values:
                said = self._values[place.path, place.symbol]
                return place.path, place.symbol.rpartition(".")[0], said
        return None


def words(said: Any) -> list[str]:
    """The last parts of the names of constants: "GET" of `RequestMethod.GET`."""
    if isinstance(said, list):
        return [each for one in said for each in words(one)]
    return [said.strip(_NAMED).rpartition(".")[2]]
