"""Who imports whom among files and packages, as a check reads it: the one place for its choices.

A node is the path of a file, or `package:NAME` for what is not the project's own.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeVar, cast

from memory.code.codebase import Grade
from memory.code.map import draw_map
from memory.models.findings import Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping

    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase, Edge
    from memory.models.code import CodeMap

    Tokens = Callable[[], Mapping[str, FileTokens]]

V = TypeVar("V")
PACKAGE = "package:"
#: Languages in which a class of the same package, or one by its full name, is used unimported.
_UNIMPORTED = frozenset({"java", "php"})
_USES = frozenset({Grade.CALL, Grade.USE, Grade.INHERIT})


@dataclass(frozen=True)
class Scope:
    """Which files and which of their imports count."""

    tests: bool = False
    type_checking: bool = False
    dynamic: bool = True  # imports by a call
    exempt: bool = True  # imports that a comment exempts from contracts of tach
    roots: tuple[str, ...] = ()  # only modules of these packages of Python; all others are outside


AT_RUN_TIME = Scope()  # what decisions speak of: imports that run, without those of tests


class FirstImport(NamedTuple):
    """An import, at its first line."""

    source: str  # a node
    target: str
    file: str
    line: int


class Web:
    """The imports of a code base within a scope."""

    def __init__(self, code: CodeBase, scope: Scope) -> None:
        self.code = code
        self.scope = scope
        self.files = {
            path: file.name
            for path, file in code.files.items()
            if (scope.tests or not file.is_test) and self._is_inside(file.name, file.language)
        }
        self.links: dict[str, dict[str, FirstImport]] = {}
        self._reached: dict[frozenset[str], set[str]] = {}
        self._kept: dict[Hashable, object] = {}
        for link in sorted(self._found(), key=lambda one: (one.source, one.target, one.line)):
            self.links.setdefault(link.source, {}).setdefault(link.target, link)

    @cached_property
    def nodes(self) -> frozenset[str]:
        """All files, and the packages that they import."""
        outside = (node for targets in self.links.values() for node in targets)
        return frozenset((*self.files, *outside))

    @cached_property
    def into(self) -> Mapping[str, list[FirstImport]]:
        """The links to each node."""
        found: dict[str, list[FirstImport]] = {}
        for link in self:
            found.setdefault(link.target, []).append(link)
        return found

    @cached_property
    def modules(self) -> frozenset[str]:
        """All modules and packages of Python by their names, folders of them too."""
        found = set()
        for path, name in self.files.items():
            if path.endswith(".py"):
                parts = name.split(".")
                found |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        return frozenset(found)

    def __iter__(self) -> Iterator[FirstImport]:
        return (link for targets in self.links.values() for link in targets.values())

    def kept(self, key: Hashable, make: Callable[[Web], V]) -> V:
        """What is made of this web, made once for each key."""
        if key not in self._kept:
            self._kept[key] = make(self)
        return cast("V", self._kept[key])

    def called(self, node: str) -> str:
        """A node as people call it."""
        return self.files.get(node, node.removeprefix(PACKAGE))

    def module(self, node: str) -> str:
        """The module of a file; "" for a package."""
        file = self.code.files.get(node)
        return file.module if file else ""

    def without(self, gone: Collection[tuple[str, str]]) -> Web:
        """The same without some links, by source and target."""
        return self._with(self.files, lambda one: (one.source, one.target) not in gone)

    def only(self, files: Collection[str]) -> Web:
        """The same of some files alone, and of the packages that they import."""
        kept = {path: name for path, name in self.files.items() if path in files}
        return self._with(
            kept, lambda one: one.source in kept and (one.target in kept or is_package(one.target))
        )

    def _with(self, files: dict[str, str], has: Callable[[FirstImport], bool]) -> Web:
        other = object.__new__(Web)
        other.code, other.scope, other.files = self.code, self.scope, files
        other._reached, other._kept = {}, {}
        other.links = {
            source: {target: link for target, link in targets.items() if has(link)}
            for source, targets in self.links.items()
        }
        return other

    def direct(self, sources: Collection[str], targets: Collection[str]) -> Iterator[FirstImport]:
        """The links from some nodes to others."""
        for source in sorted(sources):
            for target, link in self.links.get(source, {}).items():
                if target in targets and target != source:
                    yield link

    def reach(self, sources: frozenset[str]) -> set[str]:
        """What some nodes import, directly or by way of others."""
        if sources not in self._reached:
            seen, waiting = set[str](), list(sources)
            while waiting:
                for target in self.links.get(waiting.pop(), {}):
                    if target not in seen:
                        seen.add(target)
                        waiting.append(target)
            self._reached[sources] = seen
        return self._reached[sources]

    def chain(self, sources: Collection[str], targets: Collection[str]) -> list[FirstImport]:
        """A shortest chain of links from some nodes to others; nothing where there is none."""
        came: dict[str, FirstImport | None] = dict.fromkeys(sorted(sources))
        waiting = deque(came)
        while waiting:
            node = waiting.popleft()
            for target, link in self.links.get(node, {}).items():
                if target in came:
                    continue
                came[target] = link
                if target in targets:
                    return _back(came, target)
                waiting.append(target)
        return []

    def spot(self, link: FirstImport) -> Spot:
        """A link as evidence."""
        said = f"{self.called(link.source)} -> {self.called(link.target)}"
        return Spot(file=link.file, line=link.line, said=said)

    def _is_inside(self, name: str, language: str) -> bool:
        roots = self.scope.roots
        return not roots or (language == "python" and is_below(name, roots))

    def _found(self) -> Iterator[FirstImport]:
        for edge in self.code.edges:
            source, target = edge.source.path, edge.target.path
            if source == target or source not in self.files or not self._counts(edge):
                continue
            if target in self.files:
                yield FirstImport(source, target, source, edge.line)
            elif self.scope.roots:
                name = self.code.files[target].name.partition(".")[0]
                yield FirstImport(source, PACKAGE + name, source, edge.line)
        for one in self.code.outside:
            if one.path in self.files and (self.scope.type_checking or not one.type_checking):
                yield FirstImport(one.path, PACKAGE + one.name, one.path, one.line)

    def _counts(self, edge: Edge) -> bool:
        if edge.type_checking and not self.scope.type_checking:
            return False
        if edge.exempt and not self.scope.exempt:
            return False
        if edge.grade is Grade.IMPORT:
            return True
        if edge.grade is Grade.DYNAMIC:
            return self.scope.dynamic
        return edge.grade in _USES and self.code.files[edge.source.path].language in _UNIMPORTED


class Webs:
    """The webs of one code base, each woven once."""

    def __init__(self, code: CodeBase, tokens: Tokens | None = None) -> None:
        self.code = code
        self.tokens = tokens  # None where nobody reads them
        self._woven: dict[Scope, Web] = {}

    @cached_property
    def drawn(self) -> CodeMap:
        """The map of its modules."""
        return draw_map(self.code, None)

    def of(self, scope: Scope) -> Web:
        """The web of a scope."""
        if scope not in self._woven:
            self._woven[scope] = Web(self.code, scope)
        return self._woven[scope]


def is_package(node: str) -> bool:
    """Whether a node is not the project's own."""
    return node.startswith(PACKAGE)


def is_below(name: str, packages: Iterable[str]) -> bool:
    """Whether a dotted name is one of these packages, or is in one."""
    return any(name == one or name.startswith(f"{one}.") for one in packages)


def _back(came: Mapping[str, FirstImport | None], node: str) -> list[FirstImport]:
    links: list[FirstImport] = []
    while (link := came[node]) is not None:
        links.append(link)
        node = link.source
    return links[::-1]
