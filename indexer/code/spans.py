"""Definitions of a file and the bytes that each spans, so that one knows what stands in which."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.code.facts import Definition


class ByteSpan(NamedTuple):
    """Bytes of a node."""

    first: int
    last: int  # the byte after it


class Spans:
    """Definitions in the order of their bytes."""

    def __init__(self, found: Iterable[tuple[Definition, ByteSpan]]) -> None:
        pairs = sorted(found, key=lambda pair: (pair[1].first, -pair[1].last))
        self.definitions = tuple(definition for definition, _ in pairs)
        self._spans = [span for _, span in pairs]
        self._starts = [span.first for span in self._spans]
        self._outer: list[int] = []
        above = [-1]
        for index, span in enumerate(self._spans):
            while above[-1] >= 0 and self._spans[above[-1]].last < span.last:
                above.pop()
            self._outer.append(above[-1])
            above.append(index)

    def within(self, byte: int) -> int:
        """The innermost definition with a body around a byte, as an index; -1 for none."""
        index = bisect_right(self._starts, byte) - 1
        while index >= 0 and (
            self._spans[index].last <= byte or self.definitions[index].kind == "constant"
        ):
            index = self._outer[index]
        return index

    def holder(self, byte: int) -> int:
        """As `within`; what stands in the value of a constant of the file is the constant's."""
        found = self.within(byte)
        if found >= 0:
            return found
        index = bisect_right(self._starts, byte) - 1
        while index >= 0 and self._spans[index].last <= byte:
            index = self._outer[index]
        return index

    def first(self, index: int) -> int:
        """The byte at which a definition begins."""
        return self._spans[index].first

    def outer(self, index: int) -> int:
        """The definition that one stands in; -1 for none, and for what stands in none itself."""
        return self._outer[index] if index >= 0 else -1
