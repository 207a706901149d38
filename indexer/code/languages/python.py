"""Python, as its files say it; what its names mean is in `python_names`."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

import tree_sitter_python

from indexer.code.exempt_lines import exempt_lines, is_exempt
from indexer.code.file_names import ChainedNames, FileNames, NamingLanguage
from indexer.code.names.python_names import PythonNames
from indexer.code.spans import ByteSpan
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from memory.code.facts import Definition, FileFacts, Import, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from indexer.code.languages import Resolver

_SYNTAX = Syntax(tree_sitter_python.language)
_DEFINED = """
(class_definition) @definition
(function_definition) @definition
(decorator) @decorator
(module (expression_statement (assignment left: (identifier) @constant)))
"""
_NAMED = """
(import_statement) @import
(import_from_statement) @from
(identifier) @name
(attribute) @chain
(attribute attribute: (identifier) @no_root)
(keyword_argument name: (identifier) @no_root)
(parameters (identifier) @no_root)
(typed_parameter . (identifier) @no_root)
(default_parameter name: (identifier) @no_root)
(typed_default_parameter name: (identifier) @no_root)
(call function: (_) @called)
(string) @string
(ERROR) @error
"""
_TYPE_CHECKING = """
(if_statement
    condition: [(identifier) (attribute)] @condition
    consequence: (block) @body)
"""
_BY_CALL = "(call function: (_) @called arguments: (argument_list . (_) @named))"
_IMPORTERS = re.compile(r"(?:^|\.)(?:import_module|__import__|import_string)$")
_DOTTED = re.compile(rb"[rRuU]?(?P<q>'|\")(?P<said>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)(?P=q)")
_SPACE = re.compile(r"\s+|\\\n")


class Python(NamingLanguage):
    """Python 3, of any version that tree-sitter's grammar knows."""

    name = "python"
    endings = (".py",)
    syntax = _SYNTAX
    version = 5
    configs = ("pyproject.toml", "setup.cfg")

    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """Names that are imported or defined in it, and strings that may be names."""
        return _Found(source, whole=whole)

    def resolver(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> Resolver:
        """By folders and `__init__.py`."""
        return PythonNames(files, configs)


class _Found(ChainedNames):
    """What is found in one file."""

    defined = _DEFINED
    named = _NAMED
    member = "attribute"
    plain = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
    ends = (b"(",)
    own = frozenset({"self", "cls"})

    def __init__(self, source: SourceFile, *, whole: bool = True) -> None:
        super().__init__(source, whole=whole)
        self._exempt = exempt_lines(source.content)

    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        text = self.source.text
        nodes = sorted(self.captured.get("definition", ()), key=lambda node: node.start_byte)
        notes = self._decorators(nodes)
        above: list[tuple[str, bool, int]] = []  # name, whether it is a class, its last byte
        for node in nodes:
            while above and above[-1][2] < node.end_byte:
                above.pop()
            is_class = node.type == "class_definition"
            own = text(node.child_by_field_name("name"))
            name = f"{above[-1][0]}.{own}" if above else own
            in_class = bool(above) and above[-1][1]
            above.append((name, is_class, node.end_byte))
            annotations, first = notes.get(node.start_byte, ((), line_of(node)))
            one = Definition(
                name,
                "class" if is_class else "method" if in_class else "function",
                first,
                node.end_point[0] + 1,
                _visibility(own),
                tuple(self._bases(node)) if is_class else (),
                annotations,
            )
            yield one, ByteSpan(node.start_byte, node.end_byte)
        first_one = {text(node): node for node in reversed(self.captured.get("constant", ()))}
        for said, node in first_one.items():
            whole = node.parent or node
            first, last = line_of(node), whole.end_point[0] + 1
            one = Definition(said, "constant", first, last, _visibility(said))
            yield one, ByteSpan(whole.start_byte, whole.end_byte)

    def _decorators(self, nodes: list[Node]) -> dict[int, tuple[tuple[str, ...], int]]:
        """The decorators of each definition, by its first byte, and the line of the first one."""
        starts = [node.start_byte for node in nodes]
        found: dict[int, tuple[tuple[str, ...], int]] = {}
        for node in self.captured.get("decorator", ()):
            position = bisect_right(starts, node.end_byte)
            if position < len(starts):
                said = self.source.text(node).removeprefix("@").strip()
                before, line = found.get(starts[position], ((), line_of(node)))
                found[starts[position]] = ((*before, said), line)
        return found

    def _bases(self, node: Node) -> Iterator[str]:
        listed = node.child_by_field_name("superclasses")
        for base in listed.named_children if listed else ():
            if base.type == "subscript":  # Generic[T]
                yield self.source.text(base.child_by_field_name("value"))
            elif base.type in {"identifier", "attribute", "call"}:
                yield self.source.text(base)

    def imports(self) -> Iterator[Import]:
        """Every import, in the order of the text."""
        for_types = self._for_types()
        found = [
            (node.start_byte, one)
            for name, read in (("import", self._plain), ("from", self._from))
            for node in self.captured.get(name, ())
            for one in read(node)
        ]
        found += self._by_call()
        for byte, one in sorted(found, key=lambda pair: pair[0]):
            typed = any(first <= byte < last for first, last in for_types)
            yield one._replace(type_checking=typed, within=self.spans.within(byte))

    def _plain(self, node: Node) -> Iterator[Import]:
        for child in node.named_children:
            if child.type == "dotted_name":
                name = _squeezed(self.source.text(child))
                yield Import(name, line_of(node), exempt=self._is_exempt(name, node, child))
            elif child.type == "aliased_import":
                name = _squeezed(self.source.text(child.child_by_field_name("name")))
                alias = self.source.text(child.child_by_field_name("alias"))
                exempt = self._is_exempt(name, node, child)
                yield Import(name, line_of(node), local=(alias,), exempt=exempt)

    def _is_exempt(self, full: str, node: Node, child: Node) -> bool:
        lines = line_of(node), line_of(child)
        return bool(self._exempt) and is_exempt(self._exempt, full, *lines)

    def _from(self, node: Node) -> Iterator[Import]:
        origin = node.child_by_field_name("module_name")
        said = _squeezed(self.source.text(origin))
        target = said.lstrip(".")
        names: dict[bool, list[tuple[str, str]]] = {False: [], True: []}  # by whether exempt
        for child in node.named_children:
            name = local = self.source.text(child)
            if child == origin or child.type == "comment":
                continue
            if child.type == "aliased_import":
                name = self.source.text(child.child_by_field_name("name"))
                local = self.source.text(child.child_by_field_name("alias"))
            elif child.type == "wildcard_import":
                name = local = "*"
            names[self._is_exempt(f"{target}.{name}", node, child)].append((name, local))
        for exempt, own in names.items():
            if own or not (exempt or names[True]):
                taken = tuple(name for name, _ in own), tuple(local for _, local in own)
                level = len(said) - len(target)
                yield Import(target, line_of(node), *taken, level, exempt=exempt)

    def _for_types(self) -> list[tuple[int, int]]:
        if b"TYPE_CHECKING" not in self.source.content:
            return []
        return [
            (found["body"][0].start_byte, found["body"][0].end_byte)
            for found in self.source.matches(_TYPE_CHECKING)
            if self.source.text(found["condition"][0]).rpartition(".")[2] == "TYPE_CHECKING"
        ]

    def _by_call(self) -> Iterator[tuple[int, Import]]:
        if not re.search(rb"import_module|__import__|import_string", self.source.content):
            return
        for found in self.source.matches(_BY_CALL):
            node = found["named"][0]
            if _IMPORTERS.search(self.source.text(found["called"][0])):
                text, line = self.source.text(node), line_of(node)
                said = text.strip("rRuU").strip("\"'")
                if node.type == "string" and re.fullmatch(r"[\w.]+", said):
                    target = said.lstrip(".")
                    level = len(said) - len(target)
                    yield node.start_byte, Import(target, line, level=level, dynamic=True)
                elif node.type != "string" or "{" in text:
                    yield node.start_byte, Import("", line, dynamic=True)

    def _names(self) -> Iterator[str]:
        for one in self.imports():
            yield from one.local or (one.target.partition(".")[0],)
        yield from (one.name for one in self.spans.definitions if "." not in one.name)

    def _skipped(self) -> set[int]:
        named = (*self.captured.get("no_root", ()), *self.captured.get("constant", ()))
        imports = (*self.captured.get("import", ()), *self.captured.get("from", ()))
        own = {node.start_byte for node in named}
        return own | self._within_any(imports) | self._defining()

    def texts(self) -> Iterator[Text]:
        """Strings that look like the name of something elsewhere, each once for each definition."""
        content = self.source.content
        seen = set()
        for node in self.captured.get("string", ()):
            if node.end_byte - node.start_byte > 200:
                continue
            found = _DOTTED.fullmatch(content, node.start_byte, node.end_byte)
            if found:
                said = found["said"].decode()
                within = self.spans.holder(node.start_byte)
                if (said, within) not in seen:
                    seen.add((said, within))
                    yield Text(said, line_of(node), within)


def _visibility(name: str) -> str:
    is_dunder = name.startswith("__") and name.endswith("__")
    return "private" if name.startswith("_") and not is_dunder else "public"


def _squeezed(said: str) -> str:
    return _SPACE.sub("", said)
