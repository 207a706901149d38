"""TypeScript and JavaScript, as their files say it; what names mean is in `typescript_names`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter_typescript

from indexer.code.file_names import ChainedNames, FileNames, NamingLanguage
from indexer.code.names.typescript_names import CONFIGS, TypeScriptNames
from indexer.code.spans import ByteSpan
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from indexer.code.typescript_nodes import (
    COMMON,
    DEFAULT,
    held_by,
    in_type,
    is_top,
    says,
    statement_of,
)
from memory.code.facts import Definition, FileFacts, Import

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.languages import Resolver

_PLAIN = Syntax(tree_sitter_typescript.language_typescript)
_WITH_JSX = Syntax(tree_sitter_typescript.language_tsx)
_JSX = re.compile(rb"</|/>")
_DEFINED = """
(export_statement) @export
(program (expression_statement (assignment_expression left: (member_expression)) @assigned))
[(class_declaration) (abstract_class_declaration) (class) (interface_declaration)
 (enum_declaration) (type_alias_declaration) (function_declaration)
 (generator_function_declaration) (function_signature) (method_definition)
 (abstract_method_signature) (public_field_definition) (variable_declarator)
 (pair value: [(arrow_function) (function_expression) (generator_function)])] @definition
"""
_NAMED = """
(import_statement) @import
(call_expression function: (import) arguments: (arguments (_))) @by_call
(call_expression
    function: (identifier) @require
    arguments: (arguments (_))
    (#eq? @require "require")) @by_call
(internal_module name: (_) @namespace)
[(identifier) (type_identifier) (shorthand_property_identifier) (this)] @name
[(member_expression) (nested_type_identifier) (nested_identifier)] @chain
(call_expression function: (_) @called)
(call_expression function: (await_expression (_) @called))  ; `await make<Type>()` is read so
(new_expression constructor: (_) @called)
(ERROR) @error
"""
_KINDS = {
    "class_declaration": "class",
    "abstract_class_declaration": "class",
    "class": "class",
    "interface_declaration": "interface",
    "enum_declaration": "enum",
    "type_alias_declaration": "type",
    "function_declaration": "function",
    "generator_function_declaration": "function",
    "function_signature": "function",
    "method_definition": "method",
    "abstract_method_signature": "method",
    "public_field_definition": "method",
    "variable_declarator": "constant",
    "pair": "method",
}
_CLASSES = frozenset({"class", "interface"})
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_ASSIGNED = "assignment_expression"
_SPACE = re.compile(r"\s+")
ALL = "*"
EXPORT = "export "  # before the name under which a file gives on what it takes from another


class TypeScript(NamingLanguage):
    """TypeScript and JavaScript with or without JSX, modules of ECMAScript and of CommonJS."""

    name = "typescript"
    endings = (".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs")
    configs = CONFIGS
    syntax = _PLAIN
    version = 9

    def opened(self, content: bytes) -> SourceFile:
        """By the grammar that understands more: `<T>value` is a cast in one, else an element."""
        bare = self.facts(content)
        source = SourceFile(content, _PLAIN, bare)
        if source.root.has_error and _JSX.search(content):
            source = min(source, SourceFile(content, _WITH_JSX, bare), key=_errors)
        return source

    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """Names that are imported or defined in it; the tree then knows what stands in which.

        An export of a name is an import without a target: `names` here, and `local` elsewhere.
        """
        found = _Found(source, whole=whole)
        source.spans = found.spans
        return found

    def resolver(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> Resolver:
        """By paths, `tsconfig.json` and `package.json`."""
        return TypeScriptNames(files, configs)


def _errors(source: SourceFile) -> int:
    return len(source.captures("(ERROR) @error").get("error", ()))


class _Found(ChainedNames):
    """What is found in one file."""

    defined = _DEFINED
    named = _NAMED
    member = "member_expression"
    plain = re.compile(r"[\w$]+(?:\??\.[\w$]+)*")
    ends = (b"(", b"[")
    own = frozenset({"this"})
    knows_fields = True

    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        text = self.source.text
        exports = [one for node in self.captured.get("export", ()) for one in self._export(node)]
        exported = {name for one in exports if not one.target for name in one.names}
        above: list[tuple[str, str, int]] = []  # name, kind, its last byte
        for node in sorted(self.captured.get("definition", ()), key=lambda one: one.start_byte):
            while above and above[-1][2] < node.end_byte:
                above.pop()
            kind, value = _KINDS[node.type], node.child_by_field_name("value")
            own = text(node.child_by_field_name("key" if node.type == "pair" else "name"))
            held = held_by(self.source, node)
            if not re.fullmatch(r"#?[\w$]+", own or DEFAULT) or (
                node.type == "pair" and held is None
            ):
                continue  # a pattern that takes a value apart, and what is of no name
            is_function = value is not None and value.type in _FUNCTIONS
            if kind == "constant" and is_function:
                kind = "function"
            is_of_function = kind == "constant" and not is_top(node)
            if is_of_function or (node.type == "public_field_definition" and not is_function):
                continue
            own = own or DEFAULT
            holder = held if held is not None else above[-1][0] if above else ""
            name = f"{holder}.{own}" if holder else own
            above.append((name, kind, node.end_byte))
            outer = statement_of(node)
            one = Definition(
                name,
                kind,
                line_of(outer),
                node.end_point[0] + 1,
                self._visibility(node, outer, own, exported),
                tuple(self._bases(node)) if kind in _CLASSES else (),
                tuple(self._decorators(node, outer)),
            )
            yield one, ByteSpan(outer.start_byte, node.end_byte)
        for own, value, node in (*self._given(), *self._by_default()):
            is_object = value.type == "object" and (own, node.type) != (DEFAULT, _ASSIGNED)
            if value.type in _FUNCTIONS or value.type == "call_expression" or is_object:
                kind = "function" if value.type in _FUNCTIONS else "constant"
                first, last = line_of(node), node.end_point[0] + 1
                yield Definition(own, kind, first, last), ByteSpan(node.start_byte, node.end_byte)

    def _given(self) -> Iterator[tuple[str, Node, Node]]:
        """What `exports.x = y` and `module.exports = y` give: the name, y, and the statement."""
        for node in self.captured.get("assigned", ()):
            left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
            found = COMMON.fullmatch(self.source.text(left))
            if found and value is not None:
                yield found[1] or DEFAULT, value, node

    def _by_default(self) -> Iterator[tuple[str, Node, Node]]:
        """The same of `export default` for what has no name."""
        for node in self.captured.get("export", ()):
            if (value := node.child_by_field_name("value")) and says(node, DEFAULT):
                yield DEFAULT, value, node

    def _visibility(self, node: Node, outer: Node, own: str, exported: set[str]) -> str:
        if own.startswith("#"):
            return "private"
        for child in node.children:
            if child.type == "accessibility_modifier":
                return self.source.text(child)
        if outer.type in {"method_definition", "public_field_definition"}:
            return "public"
        return "public" if outer.type == "export_statement" or own in exported else "private"

    def _bases(self, node: Node) -> Iterator[str]:
        for child in node.children:
            if child.type == "class_heritage":
                yield from self._bases(child)
            elif child.type in {"extends_clause", "implements_clause", "extends_type_clause"}:
                for one in child.named_children:
                    base = one.child_by_field_name("name") if one.type == "generic_type" else one
                    said = _SPACE.sub("", self.source.text(base or one))
                    if re.fullmatch(r"[\w$.]+", said):
                        yield said

    def _decorators(self, node: Node, outer: Node) -> Iterator[str]:
        found = [one for place in (outer, node) for one in place.children]
        previous = node.prev_named_sibling
        while previous is not None and previous.type in {"decorator", "comment"}:
            found.append(previous)
            previous = previous.prev_named_sibling
        by_place = {one.start_byte: one for one in found if one.type == "decorator"}
        for _, one in sorted(by_place.items()):
            yield self.source.text(one).removeprefix("@").strip()

    def imports(self) -> Iterator[Import]:
        """Every import and export, in the order of the text."""
        found = [
            (node.start_byte, one)
            for node in self.captured.get("import", ())
            for one in self._import(node)
        ]
        found += [
            (node.start_byte, one)
            for node in self.captured.get("export", ())
            for one in self._export(node)
        ]
        found += [pair for node in self.captured.get("by_call", ()) for pair in self._by_call(node)]
        found += self._by_assignment()
        for byte, one in sorted(found, key=lambda pair: pair[0]):
            yield one._replace(within=self.spans.within(byte))

    def _import(self, node: Node) -> Iterator[Import]:
        line, for_types = line_of(node), says(node, "type") or says(node, "typeof")
        names: list[tuple[str, str, bool]] = []
        target = self._literal(node.child_by_field_name("source"))
        for clause in node.named_children:
            if clause.type == "import_require_clause":
                target = self._literal(clause.child_by_field_name("source"))
                names.append((ALL, self.source.text(clause.named_children[0]), False))
            for child in clause.named_children if clause.type == "import_clause" else ():
                if child.type == "identifier":
                    names.append((DEFAULT, self.source.text(child), False))
                elif child.type == "namespace_import":
                    names.append((ALL, self.source.text(child.named_children[-1]), False))
                elif child.type == "named_imports":
                    names += self._specifiers(child)
        if target:
            for_types = for_types or (bool(names) and all(typed for *_, typed in names))
            yield _imported(target, line, names, for_types)

    def _export(self, node: Node) -> Iterator[Import]:
        names: list[tuple[str, str, bool]] = []
        target = self._literal(node.child_by_field_name("source"))
        for child in node.named_children:
            if child.type == "export_clause":
                names += self._specifiers(child)
            elif child.type == "namespace_export":
                names.append((ALL, self.source.text(child.named_children[-1]), False))
        if target:
            names = [(name, EXPORT + local, typed) for name, local, typed in names]
            names = names or [(ALL, ALL, False)]
        elif own := self._default(node):
            names.append((own, DEFAULT, False))
        if names:
            yield _imported(target, line_of(node), names, says(node, "type"))

    def _default(self, node: Node) -> str:
        """What `export default x`, `export default class X` and `export = x` export; "" if not."""
        declared = node.child_by_field_name("declaration")
        if declared is not None and says(node, DEFAULT):
            return self.source.text(declared.child_by_field_name("name"))
        if not (says(node, DEFAULT) or says(node, "=")) or not node.named_children:
            return ""
        own = self.source.text(node.named_children[-1])
        return own if re.fullmatch(r"[\w$]+", own) else ""

    def _specifiers(self, node: Node) -> Iterator[tuple[str, str, bool]]:
        for one in node.named_children:
            if one.type in {"import_specifier", "export_specifier"}:
                name = self.source.text(one.child_by_field_name("name")).strip("\"'")
                alias = self.source.text(one.child_by_field_name("alias")).strip("\"'")
                yield name, alias or name, says(one, "type")

    def _by_call(self, node: Node) -> Iterator[tuple[int, Import]]:
        arguments = node.child_by_field_name("arguments")
        given = arguments.named_children if arguments else ()
        said = next((one for one in given if one.type != "comment"), None)
        target, line = self._literal(said), line_of(node)
        function = node.child_by_field_name("function")
        if function is None or said is None:
            return
        if not target:
            if said.type != "string":
                yield node.start_byte, Import("", line, dynamic=True)
            return
        is_type = in_type(node)
        dynamic = function.type == "import" and not is_type
        yield (
            node.start_byte,
            _imported(target, line, self._bound_by(node), is_type)._replace(dynamic=dynamic),
        )

    def _by_assignment(self) -> Iterator[tuple[int, Import]]:
        """The exports of CommonJS that name something of this file."""
        for own, value, node in self._given():
            pairs = [(own, value)]
            if value.type == "object" and own == DEFAULT:
                pairs = [
                    (self.source.text(one.child_by_field_name("key") or one), one)
                    for one in value.named_children
                    if one.type in {"pair", "shorthand_property_identifier"}
                ]
            names = [
                (said, name, False)
                for name, one in pairs
                if re.fullmatch(
                    r"[\w$]+", said := self.source.text(one.child_by_field_name("value") or one)
                )
            ]
            if names:
                yield node.start_byte, _imported("", line_of(node), names, for_types=False)

    def _bound_by(self, node: Node) -> list[tuple[str, str, bool]]:
        """What `const x = require()` and `const {a, b: c} = require()` call what they take.

        `exports.x = require()` gives it on under that name, as does `exports = {x: require()}`.
        """
        outer, member = node.parent, ""
        if outer is not None and outer.type == "await_expression":
            outer = outer.parent
        if outer is not None and outer.type == "member_expression":  # require("x").y
            member = self.source.text(outer.child_by_field_name("property"))
            outer = outer.parent
        if outer is not None and outer.type == "assignment_expression":
            given = COMMON.fullmatch(self.source.text(outer.child_by_field_name("left")))
            return [(member or ALL, EXPORT + (given[1] or DEFAULT), False)] if given else []
        if outer is not None and outer.type == "pair":
            own = self.source.text(outer.child_by_field_name("key"))
            is_given = any(
                one == DEFAULT and all_ == outer.parent for one, all_, _ in self._given()
            )
            return [(member or ALL, EXPORT + own, False)] if is_given else []
        if outer is None or outer.type != "variable_declarator":
            return []
        name = outer.child_by_field_name("name")
        if name is None or name.type == "identifier":
            return [(member or ALL, self.source.text(name), False)] if name else []
        found = []
        for one in name.named_children:
            if one.type == "shorthand_property_identifier_pattern":
                found.append((self.source.text(one), self.source.text(one), False))
            elif one.type == "pair_pattern":
                own = self.source.text(one.child_by_field_name("key"))
                local = self.source.text(one.child_by_field_name("value"))
                found.append((own, local, False))
        return found

    def _literal(self, node: Node | None) -> str:
        said = self.source.text(node)
        if node is None or node.type not in {"string", "template_string"} or "${" in said:
            return ""
        return said[1:-1].partition("?")[0]  # "./icon.svg?raw"

    def _skipped(self) -> set[int]:
        return self._within_any(self._statements()) | self._defining()

    def _statements(self) -> Iterator[Node]:
        """Those that only name what they take or give."""
        yield from self.captured.get("import", ())
        for node in self.captured.get("export", ()):
            yield from (one for one in node.named_children if one.type == "export_clause")

    def _names(self) -> Iterator[str]:
        imports = (one.local for one in self.imports() if one.target)
        yield from (name for names in imports for name in names if name != ALL)
        yield from (one.name for one in self.spans.definitions if "." not in one.name)


def _imported(
    target: str, line: int, names: list[tuple[str, str, bool]], for_types: bool
) -> Import:
    return Import(
        target,
        line,
        tuple(name for name, *_ in names),
        tuple(local for _, local, _ in names),
        type_checking=for_types,
    )
