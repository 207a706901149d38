"""Java, as its files say it; what its names mean is in `class_names`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tree_sitter_java

from indexer.code.file_names import FileNames, NamingLanguage
from indexer.code.names.class_names import ClassNames
from indexer.code.spans import ByteSpan
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from memory.code.facts import Definition, FileFacts, Import, Use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.languages import Resolver

_SYNTAX = Syntax(tree_sitter_java.language)
_DEFINED = """
[(class_declaration) (interface_declaration) (enum_declaration) (record_declaration)
 (annotation_type_declaration) (method_declaration) (constructor_declaration)
 (compact_constructor_declaration)] @definition
[(field_declaration) (constant_declaration)] @field
"""
_NAMED = """
(package_declaration (_) @package .)
(import_declaration) @import
(formal_parameter type: (_) @type name: (identifier) @variable)
(local_variable_declaration type: (_) @type
    declarator: (variable_declarator name: (identifier) @variable))
(enhanced_for_statement type: (_) @type name: (identifier) @variable)
(resource type: (_) @type name: (identifier) @variable)
(type_parameter . (type_identifier) @type_parameter)
(type_identifier) @named
(scoped_type_identifier) @scoped
[(marker_annotation name: (_) @annotated) (annotation name: (_) @annotated)]
(method_invocation) @invoked
(field_access object: (identifier) @owner) @access
(method_reference . (identifier) @owner)
(ERROR) @error
"""
_KINDS = {
    "class_declaration": "class",
    "record_declaration": "class",
    "interface_declaration": "interface",
    "annotation_type_declaration": "interface",
    "enum_declaration": "enum",
}
_VISIBLE = ("public", "protected", "private")
_ANNOTATIONS = frozenset({"marker_annotation", "annotation"})


class Java(NamingLanguage):
    """Java, up to records and sealed classes."""

    name = "java"
    version = 2
    endings = (".java",)
    syntax = _SYNTAX
    configs = ("pom.xml", "build.gradle", "build.gradle.kts")

    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """Names of types and methods."""
        return _Found(source, whole=whole)

    def resolver(
        self,
        files: Mapping[str, FileFacts],
        configs: Mapping[str, str],  # noqa: ARG002  (nothing that it needs is set anywhere)
    ) -> Resolver:
        """By packages and imports."""
        return ClassNames(files, separator=".")


class _Found(FileNames):
    """What is found in one file."""

    defined = _DEFINED
    named = _NAMED

    def __init__(self, source: SourceFile, *, whole: bool = True) -> None:
        super().__init__(source, whole=whole)
        self._typed = self._types_of_variables()

    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        above: list[tuple[str, int]] = []  # name and last byte
        for node in sorted(self.captured.get("definition", ()), key=lambda one: one.start_byte):
            while above and above[-1][1] < node.end_byte:
                above.pop()
            own = self.source.text(node.child_by_field_name("name"))
            name = f"{above[-1][0]}.{own}" if above else own
            above.append((name, node.end_byte))
            yield self._definition(name, _KINDS.get(node.type, "method"), node, node)
        for node in self.captured.get("field", ()):
            owner = self._enclosing(node)
            for one in node.children_by_field_name("declarator"):
                own = self.source.text(one.child_by_field_name("name"))
                yield self._definition(f"{owner}.{own}" if owner else own, "constant", node, one)

    def _enclosing(self, node: Node) -> str:
        """The name of the type that a node stands in."""
        names: list[str] = []
        outer = node.parent
        while outer is not None:
            if outer.type in _KINDS:
                names.insert(0, self.source.text(outer.child_by_field_name("name")))
            outer = outer.parent
        return ".".join(names)

    def _definition(
        self, name: str, kind: str, node: Node, place: Node
    ) -> tuple[Definition, ByteSpan]:
        modifiers = next((one for one in node.children if one.type == "modifiers"), None)
        said = modifiers.children if modifiers is not None else []
        annotations = [self.source.text(one)[1:] for one in said if one.type in _ANNOTATIONS]
        visible = next((one.type for one in said if one.type in _VISIBLE), "package")
        one = Definition(
            name,
            kind,
            line_of(node),
            node.end_point[0] + 1,
            visible,
            tuple(self._bases(node)),
            tuple(annotations),
        )
        return one, ByteSpan(place.start_byte, place.end_byte)

    def _bases(self, node: Node) -> Iterator[str]:
        for clause in node.children:
            if clause.type in {"superclass", "super_interfaces", "extends_interfaces"}:
                for one in clause.named_children:
                    for base in one.named_children if one.type == "type_list" else (one,):
                        if said := self._type(base):
                            yield said

    def _type(self, node: Node | None) -> str:
        """The name of a type without what it is given; "" for one of the language."""
        while node is not None and node.type in {"generic_type", "array_type", "annotated_type"}:
            node = next((one for one in node.named_children if one.type not in _ANNOTATIONS), None)
        if node is None or node.type not in {"type_identifier", "scoped_type_identifier"}:
            return ""
        return "".join(self.source.text(node).split())

    def _types_of_variables(self) -> dict[tuple[int, str], str]:
        """What a variable is, by the definition that it stands in and its name."""
        found = {}
        for node in self.captured.get("variable", ()):
            declared = node.parent
            if declared is not None and declared.type == "variable_declarator":
                declared = declared.parent
            said = self._type(declared.child_by_field_name("type") if declared else None)
            found[self.spans.within(node.start_byte), self.source.text(node)] = said
        for node in self.captured.get("field", ()):
            said = self._type(node.child_by_field_name("type"))
            for one in node.children_by_field_name("declarator"):
                own = self.source.text(one.child_by_field_name("name"))
                found[self.spans.within(node.start_byte), own] = said
        return found

    def _variable(self, within: int, name: str) -> str | None:
        """The type of a variable or field as it is seen in a definition; None if there is none."""
        while True:
            if (within, name) in self._typed:
                return self._typed[within, name]
            if within < 0:
                return None
            within = self.spans.outer(within)

    def imports(self) -> Iterator[Import]:
        """Every import, in the order of the text."""
        for node in self.captured.get("import", ()):
            (named, *rest) = node.named_children or (None,)
            target = "".join(self.source.text(named).split())
            is_static = any(one.type == "static" for one in node.children)
            if any(one.type == "asterisk" for one in rest):
                yield Import(target, line_of(node), ("*",), ("*",))
            elif is_static:
                owner, _, member = target.rpartition(".")
                yield Import(owner, line_of(node), (member,), (member,))
            elif target:
                yield Import(target, line_of(node), (), (target.rpartition(".")[2],))

    def uses(self) -> Iterator[Use]:
        """Types, and methods of types that the file states."""
        parameters = {self.source.text(one) for one in self.captured.get("type_parameter", ())}
        found: list[tuple[Node, str, bool]] = []
        for node in (*self.captured.get("named", ()), *self.captured.get("scoped", ())):
            inside = node.parent is not None and node.parent.type == "scoped_type_identifier"
            said = self._type(node)
            if said and not inside and said not in parameters:
                found.append((node, said, self._is_made(node)))
        found += [
            (node, self.source.text(node), False) for node in self.captured.get("annotated", ())
        ]
        for node in self.captured.get("owner", ()):
            if self._variable(self.spans.within(node.start_byte), self.source.text(node)) is None:
                member = node.parent.child_by_field_name("field") if node.parent else None
                said = f"{self.source.text(node)}.{self.source.text(member)}".rstrip(".")
                found.append((node, said, False))
        for node in self.captured.get("invoked", ()):
            if said := self._called(node):
                found.append((node, said, True))
            else:
                self.opaque += 1
        yield from self._once(found)

    def _is_made(self, node: Node) -> bool:
        outer = node.parent
        if outer is not None and outer.type == "generic_type":
            outer = outer.parent
        return outer is not None and outer.type == "object_creation_expression"

    def _called(self, node: Node) -> str:
        """`Type.method` or `this.method`; "" where the file does not say whose it is."""
        own = self.source.text(node.child_by_field_name("name"))
        owner = node.child_by_field_name("object")
        if owner is None:
            return f"this.{own}"
        if owner.type in {"this", "super"}:
            return f"{owner.type}.{own}"
        said = self.source.text(owner)
        if owner.type == "field_access" and said.startswith("this."):
            said = said.removeprefix("this.")
        elif owner.type == "object_creation_expression":
            return (
                f"{type_}.{own}" if (type_ := self._type(owner.child_by_field_name("type"))) else ""
            )
        elif owner.type not in {"identifier", "field_access"}:
            return ""
        known = self._variable(self.spans.within(node.start_byte), said)
        if known is not None:
            return f"{known}.{own}" if known else ""
        return f"{said}.{own}" if said.rpartition(".")[2][:1].isupper() else ""
