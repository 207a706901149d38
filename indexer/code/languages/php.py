"""PHP, as its files say it; what its names mean is in `class_names`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter_php

from indexer.code.file_names import FileNames, NamingLanguage
from indexer.code.names.class_names import ClassNames
from indexer.code.spans import ByteSpan
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from memory.code.facts import Definition, FileFacts, Import, Text, Use

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.languages import Resolver

_SYNTAX = Syntax(tree_sitter_php.language_php)
_DEFINED = """
[(class_declaration) (interface_declaration) (trait_declaration) (enum_declaration)
 (function_definition) (method_declaration)] @definition
(use_declaration) @traits
"""
_NAMED = """
(namespace_definition name: (namespace_name) @package)
(namespace_use_declaration) @import
[(simple_parameter) (property_promotion_parameter)] @parameter
(property_declaration) @property
(assignment_expression
    left: (variable_name) @assigned
    right: (object_creation_expression . [(name) (qualified_name)] @made))
(assignment_expression
    left: (member_access_expression object: (variable_name) @own name: (name) @field)
    right: [(variable_name) @given (object_creation_expression . [(name) (qualified_name)] @given)])
(named_type [(name) (qualified_name)] @named)
(object_creation_expression . [(name) (qualified_name)] @created)
(attribute . [(name) (qualified_name)] @named)
(class_constant_access_expression . [(name) (qualified_name)] @named)
(scoped_property_access_expression scope: [(name) (qualified_name)] @named)
(binary_expression operator: "instanceof" right: [(name) (qualified_name)] @named)
(scoped_call_expression) @static_call
(member_call_expression) @member_call
(nullsafe_member_call_expression) @member_call
(function_call_expression function: [(name) (qualified_name)] @function)
(comment) @comment
(ERROR) @error
"""
_KINDS = {
    "class_declaration": "class",
    "interface_declaration": "interface",
    "trait_declaration": "trait",
    "enum_declaration": "enum",
    "function_definition": "function",
    "method_declaration": "method",
}
#: A constant may be called so, which the grammar takes for the keyword and loses the class.
_KEYWORD = re.compile(rb"(\bconst[ \t]{1,20}(?:\w{1,40}[ \t]{1,20})?)NAMESPACE\b")
_THEIR_OWN = {"self": "this", "static": "this", "parent": "super"}
_DOCUMENTED = re.compile(
    r"@(?:param|return|var|throws|property(?:-read)?|mixin)[ \t]+([^\s$]{1,200})"
)
_NAMES = frozenset({"name", "qualified_name"})
_NAME = re.compile(r"\\?[A-Z]\w*(?:\\\w+)*")


class Php(NamingLanguage):
    """PHP, up to enums and attributes."""

    name = "php"
    version = 2
    endings = (".php",)
    syntax = _SYNTAX
    configs = (
        "routes.y*ml",
        "routing*.y*ml",
        "security.y*ml",
        "services*.y*ml",
        "config/services/*.y*ml",
        "config/*rout*/*.y*ml",
        "doctrine*.y*ml",
    )

    def opened(self, content: bytes) -> SourceFile:
        """As any, with the keyword as a name replaced, which the grammar takes for an error."""
        return super().opened(_KEYWORD.sub(rb"\1NAMESPAC_", content))

    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """Names of classes and their members."""
        return _Found(source, whole=whole)

    def resolver(
        self,
        files: Mapping[str, FileFacts],
        configs: Mapping[str, str],  # noqa: ARG002  (names are what the files declare)
    ) -> Resolver:
        """By namespaces and `use`."""
        return ClassNames(files, separator="\\", ignores_case=True)


class _Found(FileNames):
    """What is found in one file."""

    defined = _DEFINED
    named = _NAMED

    def __init__(self, source: SourceFile, *, whole: bool = True) -> None:
        super().__init__(source, whole=whole)
        self._typed = self._types_of_variables()

    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        traits = self.captured.get("traits", ())
        above: list[tuple[str, int]] = []  # name and last byte
        for node in sorted(self.captured.get("definition", ()), key=lambda one: one.start_byte):
            while above and above[-1][1] < node.end_byte:
                above.pop()
            own = self.source.text(node.child_by_field_name("name"))
            is_inside = node.type == "method_declaration" and above
            name = f"{above[-1][0]}.{own}" if is_inside else own
            above.append((name, node.end_byte))
            kind = _KINDS[node.type]
            bases = list(self._bases(node)) if kind not in {"function", "method"} else []
            bases += [
                self.source.text(one)
                for use in (traits if kind in {"class", "trait", "enum"} else ())
                if _owner(use) == node
                for one in use.named_children
                if one.type in _NAMES
            ]
            visible = [
                self.source.text(one) for one in node.children if one.type == "visibility_modifier"
            ]
            notes = node.child_by_field_name("attributes")
            one = Definition(
                name,
                kind,
                line_of(node),
                node.end_point[0] + 1,
                visible[0] if visible else "public",
                tuple(bases),
                tuple(self._attributes(notes)),
            )
            yield one, ByteSpan(node.start_byte, node.end_byte)

    def _attributes(self, node: Node | None) -> Iterator[str]:
        for group in node.named_children if node is not None else ():
            yield from (self.source.text(one) for one in group.named_children)

    def _bases(self, node: Node) -> Iterator[str]:
        for clause in node.children:
            if clause.type in {"base_clause", "class_interface_clause"}:
                for one in clause.named_children:
                    if one.type in _NAMES:
                        yield self.source.text(one)

    def _types_of_variables(self) -> dict[tuple[int, str], str]:
        """What a variable or property is, by the definition that it stands in and its name."""
        found: dict[tuple[int, str], str] = {}
        for node in (*self.captured.get("parameter", ()), *self.captured.get("property", ())):
            said = self._one_type(node.child_by_field_name("type"))
            if not said:
                continue
            within = self.spans.within(node.start_byte)
            if node.type == "property_declaration":
                for one in node.named_children:
                    if one.type == "property_element":
                        found[within, self.source.text(one.child_by_field_name("name"))] = said
                continue
            name = self.source.text(node.child_by_field_name("name"))
            found[within, name] = said
            if node.type == "property_promotion_parameter":
                found[self.spans.outer(within), name] = said
        made = zip(self.captured.get("assigned", ()), self.captured.get("made", ()), strict=False)
        for variable, type_ in made:
            within = self.spans.within(variable.start_byte)
            found.setdefault((within, self.source.text(variable)), self.source.text(type_))
        fields = (self.captured.get(one, ()) for one in ("own", "field", "given"))
        for own, field, given in zip(*fields, strict=False):
            within = self.spans.within(field.start_byte)
            said = self.source.text(given)
            known = found.get((within, said), "") if said.startswith("$") else said
            if known and self.source.text(own) == "$this":
                found.setdefault((self.spans.outer(within), f"${self.source.text(field)}"), known)
        return found

    def _one_type(self, node: Node | None) -> str:
        """The class that a type is; "" where it is several, or none."""
        while node is not None and node.type == "optional_type":
            node = node.named_children[0] if node.named_children else None
        return self.source.text(node) if node is not None and node.type == "named_type" else ""

    def imports(self) -> Iterator[Import]:
        """Every `use`, in the order of the text."""
        for node in self.captured.get("import", ()):
            group = node.child_by_field_name("body")
            prefix = ""
            for one in node.named_children if group is not None else ():
                if one.type == "namespace_name":
                    prefix = f"{self.source.text(one)}\\"
            for clause in (group or node).named_children:
                if clause.type != "namespace_use_clause":
                    continue
                alias = self.source.text(clause.child_by_field_name("alias"))
                names = (
                    one for one in clause.named_children if one.type in {"name", "qualified_name"}
                )
                target = (prefix + self.source.text(next(names, None))).lstrip("\\")
                yield Import(target, line_of(clause), (), (alias or target.rpartition("\\")[2],))

    def uses(self) -> Iterator[Use]:
        """Classes, and members of classes that the file states."""
        text = self.source.text
        found: list[tuple[Node, str, bool]] = []
        found += [(node, text(node), False) for node in self.captured.get("named", ())]
        found += [(node, text(node), True) for node in self.captured.get("created", ())]
        found += [(node, text(node), True) for node in self.captured.get("function", ())]
        for node in self.captured.get("static_call", ()):
            scope, own = node.child_by_field_name("scope"), text(node.child_by_field_name("name"))
            if scope is not None and scope.type in {"name", "qualified_name", "relative_scope"}:
                owner = _THEIR_OWN.get(text(scope).casefold(), text(scope))
                found.append((node, f"{owner}.{own}", True))
        for node in self.captured.get("member_call", ()):
            if said := self._called(node):
                found.append((node, said, True))
            else:
                self.opaque += 1
        yield from self._once(one for one in found if one[1].casefold() not in _THEIR_OWN)

    def _called(self, node: Node) -> str:
        """`Class.method` or `this.method`; "" where the file does not say whose it is."""
        owner, own = node.child_by_field_name("object"), node.child_by_field_name("name")
        if owner is None or own is None or own.type != "name":
            return ""
        said, member = self.source.text(owner), self.source.text(own)
        if said == "$this":
            return f"this.{member}"
        within = self.spans.within(node.start_byte)
        if owner.type == "variable_name":
            known = self._typed.get((within, said), "")
        elif owner.type == "member_access_expression" and said.startswith("$this->"):
            field = f"${said.removeprefix('$this->')}"
            known = self._typed.get((self.spans.outer(within) if within >= 0 else -1, field), "")
        else:
            return ""
        return f"{known}.{member}" if known else ""

    def texts(self) -> Iterator[Text]:
        """Classes that comments name as types, each once for each definition."""
        seen: set[tuple[str, int]] = set()
        for node in self.captured.get("comment", ()):
            for types in _DOCUMENTED.findall(self.source.text(node)):
                for said in _NAME.findall(types):
                    within = self.spans.within(node.start_byte)
                    if (said, within) not in seen:
                        seen.add((said, within))
                        yield Text(said, line_of(node), within)


def _owner(node: Node) -> Node | None:
    """The class around what stands directly in its body."""
    return node.parent.parent if node.parent is not None else None
