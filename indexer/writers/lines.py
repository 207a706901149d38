"""A text as lines that can be changed one by one, each with the line end that it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")


class Lines:
    """The lines of a text; changing one leaves every other byte."""

    def __init__(self, text: str) -> None:
        """Read a whole text."""
        found = [(match[1], match[2]) for match in _LINE.finditer(text)]
        if len(found) > 1 and found[-1] == ("", "") and not found[-2][1]:
            found.pop()  # the pattern matches once more at the end of a last line
        self.said = [said for said, _ in found]
        self._ends = [end for _, end in found]
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def with_line(self, at: int, said: str) -> str:
        """The text with other words on one line, counted from 0."""
        return self._joined([*self._pairs(0, at), (said, self._ends[at]), *self._pairs(at + 1)])

    def with_lines(self, start: int, stop: int, said: Sequence[str]) -> str:
        """The text with these lines in place of those from `start` to before `stop`."""
        new = [(line, self._newline) for line in said]
        before, after = self._pairs(0, start), self._pairs(stop)
        if new and before and not before[-1][1]:
            before[-1] = (before[-1][0], self._newline)
            new[-1] = (new[-1][0], "")
        return self._joined([*before, *new, *after])

    def _pairs(self, start: int, stop: int | None = None) -> list[tuple[str, str]]:
        return list(zip(self.said[start:stop], self._ends[start:stop], strict=True))

    @staticmethod
    def _joined(pairs: Sequence[tuple[str, str]]) -> str:
        return "".join(said + end for said, end in pairs)
