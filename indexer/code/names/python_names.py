"""What the names in Python files mean: which module, which definition, through re-exports too."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from indexer.code.names.members import MemberNames
from indexer.code.names.python_roots import Roots, _above, _join
from memory.code.codebase import COMPUTED, CodePlace, Edge, Grade, Outside, Taken, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from memory.code.codebase import LanguageFact
    from memory.code.facts import Definition, FileFacts, Import

_DEEPEST = 12  # re-exports that are followed; a cycle of them ends there


class PythonNames(MemberNames):
    """The resolver of Python.

    It notes at which files it looked for each name and for the edges of each file, so that when one
    of them offers something else it knows what to look up again.
    """

    own = frozenset({"self", "cls"})

    def __init__(self, files: Mapping[str, FileFacts], configs: Mapping[str, str]) -> None:
        self._files = files
        self._imported: Counter[str] = Counter()
        for facts in files.values():
            self._imported.update(_named(facts))
        self._roots = Roots(files, configs, self._imported)
        self._bound: dict[str, dict[str, tuple[str, str]]] = {}
        self._stars: dict[str, tuple[str, ...]] = {}
        self._defined: dict[str, dict[str, Definition]] = {}
        self._located: dict[tuple[str, str], tuple[CodePlace | None, frozenset[str]]] = {}
        self._looked: set[str] = set()  # at the interfaces of these files, since it was emptied
        self._looked_for: dict[str, frozenset[str]] = {}  # by file, for its edges
        self._found: dict[tuple[str, str], tuple[str, int]] = {}

    def name(self, path: str) -> str:
        """The dotted module."""
        return self._roots.dotted(path)

    def locate(self, path: str, name: str) -> CodePlace | None:
        """The module or definition that a chain means in a file; see `Resolver`."""
        known = self._located.get((path, name))
        if known is None:
            outer, self._looked = self._looked, set()
            place = self._locate(path, name.split("."))
            known = self._located[path, name] = (place, frozenset(self._looked))
            self._looked = outer
        self._looked |= known[1]
        return known[0]

    def module(self, path: str, name: str) -> str:
        """The file of a dotted module; "" for none."""
        parts = name.split(".")
        module, taken = self._absolute(path, parts)
        return module if taken == len(parts) else ""

    def edges(self, path: str) -> tuple[LanguageFact, ...]:
        """Everything that a file needs, in the order of the facts."""
        self._looked = {path}
        found = tuple(self._edges(path))
        self._looked_for[path] = frozenset(self._looked)
        return found

    def renew(self, path: str, before: FileFacts) -> set[str] | None:
        """Look up again what a file's interface had to do with; see `Resolver`."""
        self._imported.subtract(_named(before))
        self._imported.update(_named(self._files[path]))
        if not self._roots.hold(self._imported):
            return None
        for kept in (self._bound, self._stars, self._defined):
            kept.pop(path, None)
        gone = [
            key for key, (_, looked) in self._located.items() if path in looked or key[0] == path
        ]
        for key in gone:
            del self._located[key]
        return {path} | {other for other, looked in self._looked_for.items() if path in looked}

    def _edges(self, path: str) -> Iterator[LanguageFact]:
        facts = self._files[path]
        for one in facts.imports:
            yield from self._import_edges(path, one)
        yield from self._name_edges(path)
        for text in facts.texts:
            place = self._named(path, text.value)
            if place and place.path != path:
                yield Edge(self._within(path, text.within), place, Grade.REFERENCE, text.line)

    # Modules

    def find(self, path: str, one: Import, name: str = "") -> tuple[str, int, int]:
        """The module that an import, or one name of it, means.

        Returns:
            Its file, "" for none of the project's; how many dotted parts it took, and of how many.
        """
        parts = [part for part in (*one.target.split("."), name) if part]
        if one.level:
            above = list(_above(path))
            if one.level > len(above):
                return "", 0, len(parts)
            folder = above[one.level - 1]
            module, taken = self._roots.descend(folder, parts)
            if not module and (init := _join(folder, "__init__.py")) in self._files:
                module = init
            return module, taken, len(parts)
        module, taken = self._absolute(path, parts)
        return module, taken, len(parts)

    def _absolute(self, path: str, parts: Sequence[str]) -> tuple[str, int]:
        key = (path.rpartition("/")[0], ".".join(parts))
        if key not in self._found:
            found = ("", 0)
            for root in self._roots.candidates(parts[0], path) if parts else ():
                one = self._roots.descend(root, parts)
                if one[1] > found[1]:
                    found = one
            self._found[key] = found
        return self._found[key]

    def _import_edges(self, path: str, one: Import) -> Iterator[LanguageFact]:
        if one.is_computed:
            yield Unresolved(path, one.line, "import", "by a call", COMPUTED)
            return
        source = self._within(path, one.within)
        grade = Grade.DYNAMIC if one.dynamic else Grade.IMPORT
        for name in one.names or ("",):
            module, taken, wanted = self.find(path, one, "" if name == "*" else name)
            least = wanted - 1 if name != "*" else wanted
            if module and taken >= least:
                target = CodePlace(module)
                yield Edge(source, target, grade, one.line, one.type_checking, one.exempt)
                if not one.dynamic:
                    said = name if name == "*" or taken < wanted else ""
                    yield Taken(path, one.line, module, said, one.type_checking, one.exempt)
            elif module or (one.level and wanted):
                said = f"{'.' * one.level}{one.target}"
                yield Unresolved(path, one.line, "import", said, "the project has no such module")
            elif not one.level and not one.dynamic:
                yield Outside(path, one.line, one.target, one.type_checking)

    # Names

    def _locate(self, path: str, parts: list[str]) -> CodePlace | None:
        found = self._exported(path, parts[0])
        if found is None:
            return None
        module, symbol = found
        rest = parts[1:]
        while rest and not symbol:
            deeper = self._exported(module, rest[0]) or self._submodule(module, rest[0])
            if deeper is None:
                return CodePlace(module)
            module, symbol = deeper
            rest = rest[1:]
        while rest and f"{symbol}.{rest[0]}" in self._definitions_of(module):
            symbol = f"{symbol}.{rest[0]}"
            rest = rest[1:]
        return CodePlace(module, symbol)

    def _exported(self, path: str, name: str, depth: int = 0) -> tuple[str, str] | None:
        """The file and definition that a name of a module means; "" for a module itself."""
        if name in self._definitions_of(path):
            return path, name
        bound = self._bindings(path)
        if name in bound:
            module, symbol = bound[name]
            if not symbol:
                return module, ""
            if module == path or depth > _DEEPEST:
                return None
            found = self._exported(module, symbol, depth + 1)
            return found or self._submodule(module, symbol)
        for star in self._stars[path] if depth <= _DEEPEST else ():
            if star == path or name.startswith("_"):
                continue
            if found := self._exported(star, name, depth + 1):
                return found
        return None

    def _submodule(self, path: str, name: str) -> tuple[str, str] | None:
        if not self._roots.is_package(path):
            return None
        module, taken = self._roots.descend(self._roots.package(path), (name,))
        return (module, "") if taken else None

    def _bindings(self, path: str) -> dict[str, tuple[str, str]]:
        """What imports bind in a file: a module, and a name in it or ""."""
        self._looked.add(path)
        if path in self._bound:
            return self._bound[path]
        bound: dict[str, tuple[str, str]] = {}
        stars = []
        for one in self._files[path].imports:
            if one.dynamic:
                continue
            if not one.names:
                # `import a.b` binds a; `import a.b as c` binds c to a.b.
                local = one.local[0] if one.local else one.target.partition(".")[0]
                target = one.target if one.local else local
                module, taken = self._absolute(path, target.split("."))
                if module and taken == target.count(".") + 1:
                    bound[local] = (module, "")
                continue
            for name, local in zip(one.names, one.local, strict=True):
                module, taken, wanted = self.find(path, one, "" if name == "*" else name)
                if not module or taken < wanted - (name != "*"):
                    continue
                if name == "*":
                    stars.append(module)
                else:
                    bound[local] = (module, "" if taken == wanted else name)
        self._bound[path], self._stars[path] = bound, tuple(stars)
        return bound

    def _definitions_of(self, path: str) -> dict[str, Definition]:
        """By name; their lines may be those of an earlier time."""
        self._looked.add(path)
        if path not in self._defined:
            self._defined[path] = {one.name: one for one in self._files[path].definitions}
        return self._defined[path]

    def _named(self, path: str, said: str) -> CodePlace | None:
        """What a dotted text names: a module in full, or something that one defines."""
        parts = said.split(".")
        module, taken = self._absolute(path, parts)
        if not module:
            return None
        if taken == len(parts):
            return CodePlace(module) if taken > 1 else None
        found = self._exported(module, parts[taken]) if taken >= len(parts) - 2 else None
        if found is None:
            return None
        rest = ".".join((found[1], *parts[taken + 1 :])).strip(".")
        return CodePlace(found[0], rest if rest in self._definitions_of(found[0]) else found[1])


def _named(facts: FileFacts) -> list[str]:
    """The modules, and what is in them, that absolute imports name, each with all it is below."""
    named = []
    for one in facts.imports:
        if not one.level:
            parts = [*one.target.split("."), *one.names[:1]]
            named += [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    return named
