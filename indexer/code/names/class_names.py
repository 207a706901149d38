"""What names mean in languages whose classes have full names: packages or namespaces.

A use is written as `Name.member`: members are told apart by dots, parts of a full name by the
language's own separator, and `this.member` is one of the class that it stands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.code.languages import Resolver
from memory.code.codebase import CodePlace, Edge, Grade, Outside, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.facts import Definition, FileFacts, Import, Use

TYPES = frozenset({"class", "interface", "trait", "enum", "type"})
_DEEPEST = 12  # bases that are followed; a cycle of them ends there


class ClassNames(Resolver):
    """The resolver of a language with full names."""

    def __init__(
        self, files: Mapping[str, FileFacts], *, separator: str, ignores_case: bool = False
    ) -> None:
        """Learn the full names of all that the files define.

        Args:
            files: By path.
            separator: Of the parts of a full name: "." or a backslash.
            ignores_case: Whether names are the same whatever their case.
        """
        self._files = files
        self._separator = separator
        self._key = str.casefold if ignores_case else str
        self._named: dict[str, CodePlace] = {}  # by full name
        self._members: dict[str, dict[str, Definition]] = {}
        self._inner: dict[str, dict[str, str]] = {}  # by file: types by the last part of a name
        self._packages: set[str] = set()
        for path in sorted(files):
            facts = files[path]
            self._packages.add(self._key(facts.package))
            self._members[path] = {self._key(one.name): one for one in facts.definitions}
            inner = self._inner[path] = {}
            for one in facts.definitions:
                if one.kind in TYPES:
                    inner.setdefault(self._key(one.name.rpartition(".")[2]), one.name)
                if one.kind in TYPES or "." not in one.name:
                    full = separator.join(part for part in (facts.package, one.name) if part)
                    self._named.setdefault(self._key(full), CodePlace(path, one.name))
        self._located: dict[tuple[str, str], CodePlace | None] = {}
        self._imported: dict[str, dict[str, Import]] = {}

    def module(self, path: str, name: str) -> str:  # noqa: ARG002  (a full name is one everywhere)
        """The file of a class by its full name; "" for none of the project's."""
        found = self._named.get(self._key(name.lstrip(self._separator)))
        return found.path if found else ""

    def locate(self, path: str, name: str) -> CodePlace | None:
        """The class, function or member that a name means in a file; see `Resolver`."""
        key = (path, name)
        if key not in self._located:
            self._located[key] = self._locate(path, name)
        return self._located[key]

    def edges(self, path: str) -> Iterator[Edge | Unresolved | Outside]:
        """Imports of the project's own classes, and every use of a name that is one's own.

        An import of all that a package has is an edge to each file of it that is used.
        """
        facts = self._files[path]
        used: dict[str, set[str]] = {}
        for use in facts.uses:
            for edge in self._use_edges(path, use):
                target = edge.target.path
                used.setdefault(self._files[target].package, set()).add(target)
                yield edge
        for one in facts.imports:
            yield from self._import_edges(path, one, used)
        for own in facts.definitions:
            for place in (self.locate(path, base) for base in own.bases):
                if place is not None:
                    yield Edge(CodePlace(path, own.name), place, Grade.INHERIT, own.line)
        for text in facts.texts:
            place = self.locate(path, text.value)
            if place is not None and place.path != path:
                yield Edge(self._within(path, text.within), place, Grade.REFERENCE, text.line)

    def _within(self, path: str, index: int) -> CodePlace:
        definitions = self._files[path].definitions
        return CodePlace(path, definitions[index].name if index >= 0 else "")

    def _use_edges(self, path: str, use: Use) -> Iterator[Edge]:
        source = self._within(path, use.within)
        place, named = self._used(path, use.name, source.symbol)
        if place is None or place == source:
            return
        if named.path == place.path:
            yield Edge(source, place, Grade.CALL if use.is_call else Grade.USE, use.line)
            return
        if named.path != path:  # the class that is named has this from one of its bases
            yield Edge(source, named, Grade.USE, use.line)
        yield Edge(source, place, Grade.INHERITED, use.line)

    def _import_edges(
        self, path: str, one: Import, used: Mapping[str, set[str]]
    ) -> Iterator[Edge | Unresolved | Outside]:
        place = self._full(one.target)
        if place is not None:
            yield Edge(CodePlace(path), place, Grade.IMPORT, one.line)
        elif "*" in one.names:
            for target in sorted(used.get(one.target, set()) - {path}):
                yield Edge(CodePlace(path), CodePlace(target), Grade.IMPORT, one.line)
        elif self._key(one.target.rpartition(self._separator)[0]) in self._packages - {""}:
            reason = "the project has no such class"
            yield Unresolved(path, one.line, "import", one.target, reason)
        else:
            yield Outside(path, one.line, one.target, one.type_checking)

    def _used(self, path: str, name: str, within: str) -> tuple[CodePlace | None, CodePlace]:
        """What a use means, and the class that is named before the member."""
        root, _, member = name.partition(".")
        if root not in {"this", "super"}:
            found = self._split(path, name)
            return (self._below(*found), found[0]) if found else (None, CodePlace(path))
        look = self._member if root == "this" else self._of_bases
        while within:
            own = self._members[path].get(self._key(within))
            owner = CodePlace(path, own.name) if own and own.kind in TYPES else None
            if owner and (place := look(owner, member)):
                return place, owner
            within = within.rpartition(".")[0]
        imported = self.locate(path, member)  # by itself; or it is a function
        return imported, imported or CodePlace(path)

    def _locate(self, path: str, name: str) -> CodePlace | None:
        found = self._split(path, name)
        return self._below(*found) if found else None

    def _split(self, path: str, name: str) -> tuple[CodePlace, list[str]] | None:
        """The type or function that a chain begins with, and the members behind it."""
        parts = name.split(".")
        for end in range(1, len(parts) + 1) if self._separator == "." else (1,):
            found = self._type(path, ".".join(parts[:end]))
            if found is not None:
                return found, parts[end:]
        return None

    def _below(self, place: CodePlace, parts: list[str]) -> CodePlace:
        """As far as members lead."""
        for part in parts:
            found = self._member(place, part)
            if found is None:
                return place
            place = found
        return place

    def _type(self, path: str, name: str) -> CodePlace | None:
        """The class or function that a name without members means in a file."""
        separator, facts = self._separator, self._files[path]
        if name.startswith(separator):
            return self._full(name)
        root, mark, rest = name.partition(separator)
        if (one := self._imports(path).get(self._key(root))) is not None:
            owner = self._full(one.target)
            if not one.names:
                return self._full(f"{one.target}{mark}{rest}") if rest else owner
            return self._member(owner, one.names[0]) if owner else None
        if (inner := self._inner[path].get(self._key(name))) is not None:
            return CodePlace(path, inner)
        own = self._full(separator.join(part for part in (facts.package, name) if part))
        return own or self._by_wildcard(facts, name) or (self._full(name) if mark else None)

    def _imports(self, path: str) -> Mapping[str, Import]:
        """What a file imports by the name that it has there, of two the first."""
        if path not in self._imported:
            told = (one for one in reversed(self._files[path].imports) if one.local)
            self._imported[path] = {self._key(one.local[0]): one for one in told}
        return self._imported[path]

    def _by_wildcard(self, facts: FileFacts, name: str) -> CodePlace | None:
        for one in facts.imports:
            if one.local == ("*",):
                found = self._full(f"{one.target}{self._separator}{name}")
                owner = self._full(one.target) if found is None else None
                found = found or (self._member(owner, name) if owner else None)
                if found is not None:
                    return found
        return None

    def _full(self, name: str) -> CodePlace | None:
        return self._named.get(self._key(name.lstrip(self._separator)))

    def _member(self, owner: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
        """A member of a class, or of the first of its bases that has one."""
        own = self._members[owner.path].get(self._key(f"{owner.symbol}.{name}"))
        return CodePlace(owner.path, own.name) if own else self._of_bases(owner, name, depth)

    def _of_bases(self, owner: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
        one = self._members[owner.path].get(self._key(owner.symbol))
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self.locate(owner.path, base)
            if above and above != owner and (found := self._member(above, name, depth + 1)):
                return found
        return None
