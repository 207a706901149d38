"""What is found in files by a grammar: the part that is the same in every language."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from indexer.code.languages import Language
from indexer.code.spans import ByteSpan, Spans
from indexer.code.syntax import Node, SourceFile, line_of
from memory.code.facts import Definition, FileFacts, Import, Text, Use

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator


_BLANK = re.compile(r"\s+|\\\n")


class FileNames(ABC):
    """Definitions, imports and uses of a file."""

    defined: ClassVar[str]  # a query for definitions
    named: ClassVar[str]  # for all else; `package` and `error` in it mean the same everywhere

    def __init__(self, source: SourceFile, *, whole: bool = True) -> None:
        self.source = source
        self.captured = source.captures(self.defined + (self.named if whole else ""))
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


class ChainedNames(FileNames):
    """Of a language whose imports say what every name in the file means.

    A use is a chain that begins with one of them, as far as it is plain: `models.User.objects`.
    Its query captures each `name` and each `chain`, and what is `called`.
    """

    member: ClassVar[str]  # the type of a node that is a member of another
    plain: ClassVar[re.Pattern[str]]  # what of a chain is taken, of its text without blanks
    ends: ClassVar[tuple[bytes, ...]]  # what stands in no plain chain
    own: ClassVar[frozenset[str]]  # what the instance is called in its methods
    knows_fields: ClassVar[bool] = False  # whether calls of what the instance has are followed

    @abstractmethod
    def _names(self) -> Iterable[str]:
        """What a use may begin with, beside the instance."""

    @abstractmethod
    def _skipped(self) -> Collection[int]:
        """The first bytes of names that are no uses: where they are defined or imported."""

    def uses(self) -> Iterator[Use]:
        """Each name from elsewhere or of this file's own, once for each definition that uses it."""
        content = self.source.content
        wanted = {name.encode() for name in (*self._names(), *self.own)}
        skipped, last_bytes = self._skipped(), self._plain_chains()
        calls = self.captured.get("called", ())
        called = {(node.start_byte, node.end_byte) for node in calls}
        self.opaque = sum(node.type == self.member for node in calls)
        found: list[tuple[Node, str, bool]] = []
        for node in self.captured.get("name", ()):
            first = node.start_byte
            if first in skipped or content[first : node.end_byte] not in wanted:
                continue
            last = last_bytes.get(first, node.end_byte)
            said = _BLANK.sub("", content[first:last].decode("utf-8", "replace"))
            name = (plain[0] if (plain := self.plain.match(said)) else said).replace("?.", ".")
            is_call = (first, last) in called
            root, _, members = name.partition(".")
            is_field = root in self.own and not (is_call and members and "." not in members)
            self.opaque -= bool(is_call and members and (self.knows_fields or not is_field))
            if not is_field:
                found.append((node, name, is_call))
        yield from self._once(found)

    def _plain_chains(self) -> dict[int, int]:
        """The byte after the longest plain chain that begins at a byte."""
        content = self.source.content
        found: dict[int, int] = {}
        for node in self.captured.get("chain", ()):
            first, last = node.start_byte, node.end_byte
            is_plain = not any(content.find(mark, first, last) >= 0 for mark in self.ends)
            if last > found.get(first, 0) and is_plain:
                found[first] = last
        return found

    def _within_any(self, statements: Iterable[Node]) -> set[int]:
        """The first bytes of the names that stand in one of some statements."""
        spans = sorted((node.start_byte, node.end_byte) for node in statements)
        starts = [first for first, _ in spans]
        inside = set()
        for node in self.captured.get("name", ()):
            position = bisect_right(starts, node.start_byte) - 1
            if position >= 0 and node.start_byte < spans[position][1]:
                inside.add(node.start_byte)
        return inside

    def _defining(self) -> set[int]:
        """The first bytes of the names of what is defined."""
        names = (node.child_by_field_name("name") for node in self.captured.get("definition", ()))
        return {name.start_byte for name in names if name}


class NamingLanguage(Language):
    """A language with a grammar, whose files define, import and use names."""

    @abstractmethod
    def names(self, source: SourceFile, *, whole: bool = True) -> FileNames:
        """What is found in a file; only its definitions if not the whole is asked for."""

    def read(self, content: bytes) -> SourceFile:
        """Imports, definitions, and where what they name is used."""
        source = self.opened(content)
        source.facts = self.names(source).facts()
        return source

    def definitions(self, content: bytes) -> tuple[Definition, ...]:
        """Without where names are used, which takes as long again."""
        return self.names(self.opened(content), whole=False).spans.definitions
