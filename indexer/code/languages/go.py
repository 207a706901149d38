"""Go, as its files say it; what its names mean is in `go_names`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tree_sitter_go

from indexer.code.file_names import FileNames, NamingLanguage
from indexer.code.names.go_names import CONFIGS, GoNames
from indexer.code.spans import ByteSpan
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from memory.code.facts import Definition, FileFacts, Import, Use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.languages import Resolver

_SYNTAX = Syntax(tree_sitter_go.language)
_DEFINED = """
[(function_declaration) (method_declaration) (type_spec) (type_alias)] @definition
(source_file (const_declaration (const_spec name: (identifier) @constant)))
(source_file (var_declaration (var_spec name: (identifier) @constant)))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @constant))))
"""
_NAMED = """
(package_clause (package_identifier) @package)
(import_spec) @import
(selector_expression operand: (identifier) @root field: (field_identifier) @member) @chain
(qualified_type package: (package_identifier) @root name: (type_identifier) @member) @chain
(call_expression function: (identifier) @name)
(call_expression function: (index_expression operand: (identifier) @name))
(type_identifier) @name
(call_expression function: (_) @called)
(composite_literal type: (_) @called)
(ERROR) @error
"""
_BUILT_IN = frozenset(
    "any append bool byte cap clear close comparable complex complex64 complex128 copy delete "
    "error float32 float64 imag int int8 int16 int32 int64 len make max min new panic print "
    "println real recover rune string uint uint8 uint16 uint32 uint64 uintptr".split()
)


class Go(NamingLanguage):
    """Go; a package is a folder, whose files see each other's names."""

    name = "go"
    version = 2
    endings = (".go",)
    syntax = _SYNTAX
    configs = CONFIGS

    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """Names that may be of this package or of another."""
        return _Found(source, whole=whole)

    def resolver(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> Resolver:
        """By `go.mod` and folders."""
        return GoNames(files, configs)


class _Found(FileNames):
    """What is found in one file."""

    defined = _DEFINED
    named = _NAMED

    def __init__(self, source: SourceFile, *, whole: bool = True) -> None:
        self._receivers: dict[int, tuple[str, str]] = {}  # variable and type, by first byte
        super().__init__(source, whole=whole)

    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        text = self.source.text
        for node in self.captured.get("definition", ()):
            name, kind = text(node.child_by_field_name("name")), "function"
            bases: tuple[str, ...] = ()
            if node.type == "method_declaration":
                variable, owner = self._receiver(node)
                name, kind = f"{owner}.{name}", "method"
                self._receivers[node.start_byte] = (variable, owner)
            elif node.type in {"type_spec", "type_alias"}:
                kind, bases = self._type(node.child_by_field_name("type"))
            yield self._definition(name, kind, node, bases)
        for node in self.captured.get("constant", ()):
            yield self._definition(text(node), "constant", node.parent or node, ())

    def _definition(
        self, name: str, kind: str, node: Node, bases: tuple[str, ...]
    ) -> tuple[Definition, ByteSpan]:
        visibility = "public" if name.rpartition(".")[2][:1].isupper() else "private"
        last = node.end_point[0] + 1
        one = Definition(name, kind, line_of(node), last, visibility, bases)
        return one, ByteSpan(node.start_byte, node.end_byte)

    def _receiver(self, node: Node) -> tuple[str, str]:
        found = self.source.captures(
            """(parameter_declaration name: (identifier) @variable)
            (parameter_declaration type: [
                (type_identifier) @type
                (pointer_type (type_identifier) @type)
                (generic_type type: (type_identifier) @type)
                (pointer_type (generic_type type: (type_identifier) @type))])""",
            node.child_by_field_name("receiver"),
        )
        one = {name: self.source.text(nodes[0]) for name, nodes in found.items()}
        return one.get("variable", ""), one.get("type", "")

    def _type(self, node: Node | None) -> tuple[str, tuple[str, ...]]:
        """The kind of a type, and what is embedded in it."""
        if node is None or node.type not in {"struct_type", "interface_type"}:
            return "type", ()
        is_struct = node.type == "struct_type"
        fields = node.named_children[0].named_children if is_struct and node.named_children else ()
        inside = fields if is_struct else node.named_children
        bases = []
        for field in inside:
            if field.type == "field_declaration" and not field.child_by_field_name("name"):
                bases.append(self.source.text(field.child_by_field_name("type")))
            elif field.type == "type_elem" and len(field.named_children) == 1:
                bases.append(self.source.text(field))
        plain = (base.lstrip("*").partition("[")[0] for base in bases)
        return "class" if is_struct else "interface", tuple(plain)

    def imports(self) -> Iterator[Import]:
        """Every import, in the order of the text."""
        for node in self.captured.get("import", ()):
            target = self.source.text(node.child_by_field_name("path")).strip('"`')
            name = node.child_by_field_name("name")
            local = self.source.text(name) if name is not None else ""
            yield Import(target, line_of(node), local=(local,) if local else ())

    def uses(self) -> Iterator[Use]:
        """Names of other packages, of this package, and methods called on the receiver."""
        roots = {part for one in self.imports() for part in (one.target.split("/")[-1], *one.local)}
        found: list[tuple[Node, str, bool]] = []
        for said, is_call, node in self._named():
            within = self.spans.within(node.start_byte)
            root, _, member = said.partition(".")
            if member and root == self._receiver_of(within):
                own = self.spans.definitions[within].name.partition(".")[0]
                found.append((node, f"{own}.{member}", is_call))
            elif member and root not in roots and not _may_be_package(root, roots):
                self.opaque += is_call  # of a value whose type the file does not say
            else:
                found.append((node, said, is_call))
        yield from self._once(found)

    def _named(self) -> Iterator[tuple[str, bool, Node]]:
        """`package.Name` or `value.member`, or a bare name; whether it is called; where."""
        text = self.source.text
        called = {(node.start_byte, node.end_byte) for node in self.captured.get("called", ())}
        for node in self.captured.get("chain", ()):
            said = f"{text(node.named_children[0])}.{text(node.named_children[-1])}"
            yield said, (node.start_byte, node.end_byte) in called, node
        defined = {node.start_byte for node in self._own_names()}
        for node in self.captured.get("name", ()):
            inside = node.parent is not None and node.parent.type == "qualified_type"
            if not inside and node.start_byte not in defined and text(node) not in _BUILT_IN:
                yield text(node), (node.start_byte, node.end_byte) in called, node

    def _receiver_of(self, within: int) -> str:
        if within < 0 or self.spans.definitions[within].kind != "method":
            return ""
        return self._receivers.get(self.spans.first(within), ("", ""))[0]

    def _own_names(self) -> Iterator[Node]:
        for node in self.captured.get("definition", ()):
            if name := node.child_by_field_name("name"):
                yield name


def _may_be_package(root: str, roots: set[str]) -> bool:
    """Whether a package may call itself so: `go-redis`, `yaml.v3`, `v2` are called otherwise."""
    odd = ("-" in one or "." in one or (one[:1] == "v" and one[1:].isdigit()) for one in roots)
    return root.islower() and any(odd)
