"""Contracts that a project declares for other tools, a file each: read as checks of the code.

To add a tool, add a file with a class that derives from `ContractReader`, and its test: nothing
else names it. What a file declares and nobody here can evaluate is a check too, `NotEvaluated`.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory.code.checks.check import Check


class ContractReader(ABC):
    """The files of one tool."""

    tool: ClassVar[str]
    names: ClassVar[tuple[str, ...]]  # what its files are called; the first in a folder counts
    beside: ClassVar[tuple[str, ...]] = ()  # likewise of those that add to them and are not read

    @abstractmethod
    def read(self, path: str, text: str, other: Callable[[str], str]) -> Iterable[Check]:
        """The contracts of a file, in their order.

        Args:
            path: From the root; what the file says is relative to its folder.
            text: All that it says. One that is not understood may raise `ValueError`.
            other: The text of another file, by its path from the same folder; "" without it.
        """


def folder_of(path: str) -> str:
    """The folder of a file as what is in it begins: "" for the root, else with a slash."""
    folder = path.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def line_of(text: str, pattern: str) -> int:
    """The first line that begins like a regular expression; 0 for none."""
    begins = re.compile(pattern)
    lines = enumerate(text.split("\n"), 1)
    return next((number for number, line in lines if begins.match(line)), 0)


def glob_pattern(said: str) -> str:
    """A pattern of paths as a regular expression; `**` goes through folders, also through none."""
    pieces = re.split(r"(/\*\*/|\*\*/|/\*\*$|\*\*|\*|\?)", said)
    known = {
        "/**/": "/(?:.*/)?",
        "**/": "(?:.*/)?",
        "/**": "(?:/.*)?",
        "**": ".*",
        "*": "[^/]*",
        "?": "[^/]",
    }
    return "".join(known.get(one) or re.escape(one) for one in pieces)
