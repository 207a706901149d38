"""What is found in one file by a grammar: the part that is the same in every language."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from indexer.code.spans import ByteSpan, Spans
from indexer.code.syntax import Node, SourceFile, line_of
from memory.code.facts import Definition, FileFacts, Import, Text, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class FileNames(ABC):
    """Definitions, imports and uses of a file."""

    wanted: ClassVar[str]  # a query; `package` and `error` in it mean the same everywhere

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.captured = source.captures(self.wanted)
        self.opaque = 0  # calls of what nobody knows; known once the uses are
        self.spans = Spans(self._definitions())

    def facts(self) -> FileFacts:
        """All of it, with what was known of the file before."""
        uses = tuple(self.uses())
        return self.source.facts._replace(
            imports=tuple(self.imports()),
            definitions=self.spans.definitions,
            uses=uses,
            texts=tuple(self.texts()),
            package=next(map(self.source.text, self.captured.get("package", ())), ""),
            errors=len(self.captured.get("error", ())),
            opaque=self.opaque,
        )

    @abstractmethod
    def _definitions(self) -> Iterator[tuple[Definition, ByteSpan]]:
        """Each definition, and the bytes that it spans."""

    @abstractmethod
    def imports(self) -> Iterator[Import]:
        """Every import, in the order of the text."""

    @abstractmethod
    def uses(self) -> Iterator[Use]:
        """What is used of what the file names or defines, in the order of the text."""

    def texts(self) -> Iterator[Text]:
        """Texts that may name something."""
        return iter(())

    def _once(self, found: Iterable[tuple[Node, str, bool]]) -> Iterator[Use]:
        """Names that are used, and whether they are called: each once for each definition."""
        seen: set[tuple[str, bool, int]] = set()
        for node, said, is_call in sorted(found, key=lambda one: one[0].start_byte):
            within = self.spans.holder(node.start_byte)
            if (key := (said, is_call, within)) not in seen:
                seen.add(key)
                yield Use(said, line_of(node), is_call, within)
