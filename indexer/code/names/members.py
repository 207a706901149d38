"""Members of classes: through the name of one's own object, and through what a class extends."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from indexer.code.languages import Resolver
from memory.code.codebase import CodePlace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.facts import Definition

_DEEPEST = 12  # classes above a class that are looked into; a cycle of them ends there


class MemberNames(Resolver):
    """A resolver of a language whose methods name their own object."""

    own: ClassVar[frozenset[str]]  # what they call it, or its class

    @abstractmethod
    def _definitions_of(self, path: str) -> Mapping[str, Definition]:
        """The definitions of a file by name."""

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
