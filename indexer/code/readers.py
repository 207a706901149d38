"""What finds routes, wiring and tables: a framework or a schema, each in two looks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from indexer.code.project_code import CodeProject
    from indexer.code.syntax import SourceFile
    from memory.code.codebase import Edge, Route, Table, Unresolved
    from memory.code.facts import Mark


class Reader(ABC):
    """A framework or a way of defining tables.

    `read` sees one file, without its path, and leaves marks; they are kept by the file's content.
    `assemble` sees the marks and facts of all files, and what names mean. Whoever changes what
    `read` gives counts `version` up.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    languages: ClassVar[frozenset[str]]  # whose files it reads
    hint: ClassVar[re.Pattern[bytes]]  # stands in every file in which it could find something
    states: ClassVar[bool] = False  # its tables come of statements to a database, not of models
    generates: ClassVar[str] = ""  # who reads the statements that its own tool makes of the models
    yields: ClassVar[bool] = False  # where statements tell of its tables, these are as they say

    @abstractmethod
    def read(self, source: SourceFile) -> Iterable[Mark]:
        """What one file says."""

    def assemble(self, project: CodeProject) -> Iterable[Route | Table | Edge | Unresolved]:  # noqa: ARG002
        """What all files together say, in a fixed order; nothing where others ask for its marks."""
        return ()
