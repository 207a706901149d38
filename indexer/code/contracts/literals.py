"""What a file of JavaScript or JSON exports, as far as it is written out: nothing is executed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from indexer.code.languages.typescript import TypeScript
from indexer.code.syntax import Node, line_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from indexer.code.syntax import SourceFile

_PLAIN: dict[str, Any] = {"true": True, "false": False, "null": None, "undefined": None}
_EXPORTS = """
(program (expression_statement
    (assignment_expression left: (member_expression) @to right: (_) @is)))
(program (export_statement value: (_) @default))
(program (expression_statement (parenthesized_expression (object) @json)))
"""
_CONSTANTS = """
(program (lexical_declaration (variable_declarator name: (identifier) @name value: (_) @is)))
(program (variable_declaration (variable_declarator name: (identifier) @name value: (_) @is)))
"""


class ObjectLiteral(dict[str, Any]):
    """An object, with the line that it begins on."""

    line: int = 1


class Unwritten:
    """A value that somebody would have to work out."""

    def __init__(self, line: int, said: str) -> None:
        self.line, self.said = line, said

    def __repr__(self) -> str:
        return f"line {self.line}: {self.said}"


def read_exported(path: str, text: str) -> Any:
    """The value that a file exports: of objects, lists and plain values.

    Raises:
        ValueError: it exports none that is written in it.
    """
    source = TypeScript().opened((f"({text}\n)" if path.endswith("json") else text).encode())
    reading = _Reading(source)
    for found in source.matches(_EXPORTS):
        is_exports = "to" not in found or source.text(found["to"][0]) == "module.exports"
        for name in ("is", "default", "json"):
            if name in found and is_exports:
                return reading.value(found[name][0])
    raise ValueError("it exports no object")


def unwritten(value: Any) -> Unwritten | None:
    """The first part of a value that is not written out."""
    if isinstance(value, Unwritten):
        return value
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next((found for one in inside if (found := unwritten(one))), None)


class _Reading:
    """Reads expressions of one file."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._constants = {
            source.text(found["name"][0]): found["is"][0] for found in source.matches(_CONSTANTS)
        }
        self._open: set[str] = set()  # constants that are being read

    def value(self, node: Node) -> Any:
        read = self._READERS.get(node.type)
        if node.type in _PLAIN:
            return _PLAIN[node.type]
        return read(self, node) if read else self._unknown(node)

    def _unknown(self, node: Node) -> Unwritten:
        return Unwritten(line_of(node), self._source.text(node).split("\n")[0][:60])

    def _object(self, node: Node) -> ObjectLiteral:
        found = ObjectLiteral()
        found.line = line_of(node)
        for one in node.named_children:
            if one.type == "pair":
                key, value = one.child_by_field_name("key"), one.child_by_field_name("value")
                name = self.value(key) if key and key.type == "string" else self._source.text(key)
                found[str(name)] = self.value(value) if value else None
            elif one.type == "shorthand_property_identifier":
                found[self._source.text(one)] = self._name(one)
            elif one.type == "spread_element":
                more = self.value(one.named_children[0])
                found.update(more if isinstance(more, dict) else {f"...{one.id}": more})
            elif one.type != "comment":
                found[f"...{one.id}"] = self._unknown(one)
        return found

    def _array(self, node: Node) -> list[Any]:
        found: list[Any] = []
        for one in node.named_children:
            if one.type == "spread_element":
                more = self.value(one.named_children[0])
                found += more if isinstance(more, list) else [more]
            elif one.type != "comment":
                found.append(self.value(one))
        return found

    def _string(self, node: Node) -> Any:
        text = self._source.text(node)
        if text[:1] == "`":
            return self._template(node)
        said = (
            re.sub(r"\\(?=')", "", text[1:-1]).replace('"', '\\"')
            if text[:1] == "'"
            else text[1:-1]
        )
        try:
            return json.loads(f'"{said}"', strict=False)
        except ValueError:
            return re.sub(r"\\(.)", r"\1", text[1:-1])

    def _template(self, node: Node) -> Any:
        said = self._source.text(node)[1:-1]
        for one in node.named_children:
            if one.type == "template_substitution":
                value = self.value(one.named_children[0])
                if not isinstance(value, str):
                    return self._unknown(node)
                said = said.replace(self._source.text(one), value, 1)
        return re.sub(r"\\(.)", r"\1", said)

    def _number(self, node: Node) -> Any:
        try:
            return float(self._source.text(node).replace("_", ""))
        except ValueError:
            return self._unknown(node)

    def _name(self, node: Node) -> Any:
        name = self._source.text(node)
        if name in _PLAIN:
            return _PLAIN[name]
        if name not in self._constants or name in self._open:
            return self._unknown(node)
        self._open.add(name)
        value = self.value(self._constants[name])
        self._open.discard(name)
        return value

    def _sum(self, node: Node) -> Any:
        parts = [node.child_by_field_name("left"), node.child_by_field_name("right")]
        said = [self.value(one) for one in parts if one]
        if all(isinstance(one, str) for one in said) and "+" in self._source.text(node):
            return "".join(said)
        return self._unknown(node)

    def _joined(self, node: Node) -> Any:
        """`["a", "b"].join("|")`."""
        function, given = (
            node.child_by_field_name("function"),
            node.child_by_field_name("arguments"),
        )
        called = function.child_by_field_name("property") if function else None
        if function and given and self._source.text(called) == "join":
            owner = function.child_by_field_name("object")
            values = self.value(owner) if owner else None
            sign = self.value(given.named_children[0]) if given.named_children else ","
            if isinstance(values, list) and all(isinstance(one, str) for one in (*values, sign)):
                return str(sign).join(values)
        return self._unknown(node)

    def _inner(self, node: Node) -> Any:
        return self.value(node.named_children[0])

    _READERS: ClassVar[dict[str, Callable[[_Reading, Node], Any]]] = {
        "object": _object,
        "array": _array,
        "string": _string,
        "template_string": _template,
        "number": _number,
        "identifier": _name,
        "binary_expression": _sum,
        "call_expression": _joined,
        "parenthesized_expression": _inner,
        "as_expression": _inner,
        "satisfies_expression": _inner,
    }
