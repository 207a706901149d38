"""What is used of definitions, through one's own object and what a class extends too."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from indexer.code.languages import Resolver
from memory.code.codebase import CodePlace, Edge, Grade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.facts import Definition, FileFacts

_DEEPEST = 12  # classes above a class that are looked into; a cycle of them ends there


class MemberNames(Resolver):
    """A resolver of a language whose methods name their own object."""

    own: ClassVar[frozenset[str]]  # what they call it, or its class
    _files: Mapping[str, FileFacts]

    @abstractmethod
    def _definitions_of(self, path: str) -> Mapping[str, Definition]:
        """The definitions of a file by name."""

    def _within(self, path: str, index: int) -> CodePlace:
        """The definition of an index in a file's facts; the file itself for -1."""
        definitions = self._files[path].definitions
        return CodePlace(path, definitions[index].name if index >= 0 else "")

    def _name_edges(self, path: str) -> Iterator[Edge]:
        """What a file uses of definitions, and what its own ones extend, in the order of facts."""
        facts = self._files[path]
        for use in facts.uses:
            source = self._within(path, use.within)
            place = self._used(path, use.name, source.symbol)
            if place and place.symbol and place != source:
                yield Edge(source, place, Grade.CALL if use.is_call else Grade.USE, use.line)
        for own in facts.definitions:
            for place in (self.locate(path, base) for base in own.bases):
                if place and place.symbol:
                    yield Edge(CodePlace(path, own.name), place, Grade.INHERIT, own.line)

    def _used(self, path: str, name: str, within: str) -> CodePlace | None:
        """What a name means within a definition of a file."""
        root, _, rest = name.partition(".")
        if root not in self.own:
            return self.locate(path, name)
        while "." in within:
            within = within.rpartition(".")[0]
            one = self._definitions_of(path).get(within)
            if one and one.kind == "class":
                return self._member(CodePlace(path, within), rest)
        return None

    def _member(self, owner: CodePlace, name: str, depth: int = 0) -> CodePlace | None:
        """A member of a class, or of the first of its bases that has one."""
        definitions = self._definitions_of(owner.path)
        if f"{owner.symbol}.{name}" in definitions:
            return CodePlace(owner.path, f"{owner.symbol}.{name}")
        one = definitions.get(owner.symbol)
        for base in one.bases if one and depth < _DEEPEST else ():
            above = self.locate(owner.path, base)
            if above and above.symbol and (found := self._member(above, name, depth + 1)):
                return found
        return None
