"""Languages, a file each: from bytes to facts, and from the facts of all files to edges.

To add one, add a file with a class that derives from `Language`, and its test: nothing else names
it. `read` sees one file, without its path, and goes around what its grammar does not understand.
`resolver` sees all files of the language, and tells what the names in them mean. Whoever changes
what `read` gives counts `version` up, so that files are read anew.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from indexer.code.syntax import SourceFile
from memory.code.facts import FileFacts

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Mapping

    from indexer.code.syntax import Syntax
    from memory.code.codebase import CodePlace, LanguageFact
    from memory.code.facts import Definition


class Resolver:
    """What the names in the files of one language mean.

    As it stands it is that of a language whose files name nothing of each other. Of other files it
    may look at no more than `FileFacts.interface` covers, and it looks up facts in the mapping
    that it was given, as those of a file may be replaced by others.
    """

    def name(self, path: str) -> str:
        """What a file is called in edges: a dotted module in Python, elsewhere its path."""
        return path

    def locate(self, path: str, name: str) -> CodePlace | None:
        """The definition or file that a name means in a file, as it is written there.

        A chain goes as far as it leads: of `models.User.objects` it is the class.
        """
        return None

    def module(self, path: str, name: str) -> str:
        """The file of a module by its name in full, as a file sees it; "" for none."""
        return ""

    def edges(self, path: str) -> Iterable[LanguageFact]:
        """What a file needs: imports, calls and uses, bases, names in strings."""
        return ()

    def renew(self, path: str, before: FileFacts) -> Collection[str] | None:
        """Heed that a file offers something else than before.

        Returns:
            The files whose edges may be others now, itself among them; None for all, after which
            the resolver is not used any more.
        """
        return None


class Language(ABC):
    """One language."""

    name: ClassVar[str]
    version: ClassVar[int] = 1
    endings: ClassVar[tuple[str, ...]]  # ".py"
    files: ClassVar[re.Pattern[str] | None] = None  # paths that are its own, whatever their ending
    configs: ClassVar[tuple[str, ...]] = ()  # patterns of names, or of YAML by its last folders
    syntax: ClassVar[Syntax | None] = None  # None where it is read without a grammar

    def opened(self, content: bytes) -> SourceFile:
        """A file of which nothing is known but how long it is; its tree can be asked for."""
        return SourceFile(content, self.syntax, self.facts(content))

    def facts(self, content: bytes, definitions: tuple[Definition, ...] = ()) -> FileFacts:
        """How long a file is, and what it defines; no more."""
        lines = content.count(b"\n") + (content[-1:] not in {b"", b"\n"})
        return FileFacts(self.name, lines=lines, definitions=definitions)

    @abstractmethod
    def read(self, content: bytes) -> SourceFile:
        """What one file says, as facts without marks; the tree is there for frameworks."""

    def definitions(self, content: bytes) -> tuple[Definition, ...]:
        """Those of `read` alone; to be overridden where they come cheaper by themselves."""
        return self.read(content).facts.definitions

    def resolver(
        self,
        files: Mapping[str, FileFacts],
        configs: Mapping[str, str],
    ) -> Resolver:
        """What names mean among all files of the language; nothing, if it says nothing else.

        Args:
            files: By path.
            configs: The text of those of its configs that are there, by path.
        """
        return Resolver()
