"""Python, as its files say it; what its names mean is in `python_names`."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import tree_sitter_python

from indexer.code.exempt_lines import exempt_lines, is_exempt
from indexer.code.languages import Language, Resolver
from indexer.code.names.python_names import PythonNames
from indexer.code.syntax import Node, SourceFile, Syntax, line_of
from memory.code.facts import Definition, FileFacts, Import, Text, Use

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
_WANTED = f"""
{_DEFINED}
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
_CHAIN = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_SPACE = re.compile(r"\s+|\\\n")
_OWN = frozenset({"self", "cls"})


class Python(Language):
    """Python 3, of any version that tree-sitter's grammar knows."""

    name = "python"
    endings = (".py",)
    syntax = _SYNTAX
    version = 5
    configs = ("pyproject.toml", "setup.cfg")

    def read(self, content: bytes) -> SourceFile:
        """Imports, definitions, and where what they name is used."""
        source = self.opened(content)
        found = _Found(source)
        source.facts = source.facts._replace(
            imports=tuple(found.imports()),
            definitions=tuple(one for one, _ in found.definitions),
            uses=tuple(found.uses()),
            texts=tuple(found.texts()),
            errors=len(found.captured.get("error", ())),
            opaque=found.opaque,
        )
        return source

    def definitions(self, content: bytes) -> tuple[Definition, ...]:
        """Without where names are used, which takes as long again."""
        source = self.opened(content)
        return tuple(one for one, _ in _Found(source, _DEFINED).definitions)

    def resolver(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> Resolver:
        """By folders and `__init__.py`."""
        return PythonNames(files, configs)


class _Span(NamedTuple):
    first: int  # byte
    last: int


class _Found:
    """What is found in one file."""

    def __init__(self, source: SourceFile, wanted: str = _WANTED) -> None:
        self.source = source
        self.captured = source.captures(wanted)
        self.opaque = 0  # known once the uses are
        self.definitions = sorted(self._definitions(), key=lambda one: one[1])
        self._starts = [span.first for _, span in self.definitions]
        self._within: list[int] = self._outer()
        self._exempt = exempt_lines(source.content)

    def _definitions(self) -> Iterator[tuple[Definition, _Span]]:
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
            yield one, _Span(node.start_byte, node.end_byte)
        first_one = {text(node): node for node in reversed(self.captured.get("constant", ()))}
        for said, node in first_one.items():
            whole = node.parent or node
            first, last = line_of(node), whole.end_point[0] + 1
            one = Definition(said, "constant", first, last, _visibility(said))
            yield one, _Span(whole.start_byte, whole.end_byte)

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

    def _outer(self) -> list[int]:
        """For each definition the one that it stands in; -1 for none."""
        outer, above = [], [-1]
        for index, (_, span) in enumerate(self.definitions):
            while above[-1] >= 0 and self.definitions[above[-1]][1].last < span.last:
                above.pop()
            outer.append(above[-1])
            above.append(index)
        return outer

    def within(self, byte: int) -> int:
        """The innermost definition around a byte; -1 for none."""
        index = bisect_right(self._starts, byte) - 1
        while index >= 0 and (
            self.definitions[index][1].last <= byte or self.definitions[index][0].kind == "constant"
        ):
            index = self._within[index]
        return index

    def _holder(self, byte: int) -> int:
        """As `within`; what stands in the value of a constant of the file is the constant's."""
        found = self.within(byte)
        index = bisect_right(self._starts, byte) - 1
        while index >= 0 and self.definitions[index][1].last <= byte:
            index = self._within[index]
        return found if found >= 0 else index

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
            yield one._replace(type_checking=typed, within=self.within(byte))

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

    def uses(self) -> Iterator[Use]:
        """Each name from elsewhere or of this file's own, once for each definition that uses it."""
        wanted = self._names()
        ends: dict[int, int] = {}  # of the longest plain chain that begins at a byte
        content = self.source.content
        for node in self.captured.get("chain", ()):
            first, last = node.start_byte, node.end_byte
            if last > ends.get(first, 0) and content.find(b"(", first, last) < 0:
                ends[first] = last
        skipped = {node.start_byte for node in self.captured.get("no_root", ())}
        called = {(node.start_byte, node.end_byte) for node in self.captured.get("called", ())}
        self.opaque = sum(node.type == "attribute" for node in self.captured.get("called", ()))
        seen: set[tuple[str, bool, int]] = set()
        statements = [
            (node.start_byte, node.end_byte)
            for kind in ("import", "from")
            for node in self.captured.get(kind, ())
        ]
        skipped |= self._inside(statements)
        skipped |= {node.start_byte for node in self.captured.get("constant", ())}
        for node in self.captured.get("name", ()):
            first = node.start_byte
            if first in skipped or content[first : node.end_byte] not in wanted:
                continue
            last = ends.get(first, node.end_byte)
            said = _SPACE.sub("", content[first:last].decode("utf-8", "replace"))
            name = found[0] if (found := _CHAIN.match(said)) else said
            is_call = (first, last) in called
            root = name.partition(".")[0]
            self.opaque -= is_call and "." in name and (root not in _OWN or name.count(".") == 1)
            if root in _OWN and not (is_call and name.count(".") == 1):
                continue
            within = self._holder(first)
            if (key := (name, is_call, within)) in seen:
                continue
            seen.add(key)
            yield Use(name, line_of(node), is_call, within)

    def _inside(self, spans: list[tuple[int, int]]) -> set[int]:
        spans.sort()
        starts = [first for first, _ in spans]
        inside = set()
        for node in self.captured.get("name", ()):
            position = bisect_right(starts, node.start_byte) - 1
            if position >= 0 and node.start_byte < spans[position][1]:
                inside.add(node.start_byte)
        names = (node.child_by_field_name("name") for node in self.captured.get("definition", ()))
        return inside | {name.start_byte for name in names if name}

    def _names(self) -> frozenset[bytes]:
        """What a use may begin with."""
        names = set(_OWN)
        for one in self.imports():
            names.update(one.local or (one.target.partition(".")[0],))
        names.update(one.name for one, _ in self.definitions if "." not in one.name)
        return frozenset(name.encode() for name in names)

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
                within = self._holder(node.start_byte)
                if (said, within) not in seen:
                    seen.add((said, within))
                    yield Text(said, line_of(node), within)


def _visibility(name: str) -> str:
    is_dunder = name.startswith("__") and name.endswith("__")
    return "private" if name.startswith("_") and not is_dunder else "public"


def _squeezed(said: str) -> str:
    return _SPACE.sub("", said)
