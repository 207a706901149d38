"""A Markdown file that holds entries: its lines, and the marks by which archmem knows its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer.markup.inline import without_code, without_comments
from indexer.markup.markdown import read_page
from indexer.sources.entries.text import EntryText, heading_of, read_entry_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.markup.markdown import Section
    from indexer.sources.entries.text import Field

_MARK = re.compile(r"<!--\s*archmem:\s*(?P<uid>[\w.:-]{1,80})\s*-->[ \t]*$")

_SAYS_NOTHING = re.compile(r"[ \t\ufeff]*(?:(?:[-=*_][ \t]*){3,})?")


@dataclass(frozen=True)
class Mark:
    """An entry that archmem wrote: a heading with `<!-- archmem: uid -->` below it."""

    uid: str
    title: str  # as written, escapes included
    below: int  # 1-based line below the mark


def mark_line(uid: str) -> str:
    """The line that marks an entry."""
    return f"<!-- archmem: {uid} -->"


class EntryPage:
    """A page with three views of the same lines, so that a line number means one thing."""

    def __init__(self, text: str) -> None:
        """Read the text of a whole file."""
        self.page = read_page(text.removeprefix("\ufeff"))
        whole = without_comments("\n".join(self.page.lines))
        self.said = whole.split("\n")  # without comments
        self.shown = without_code(whole).split("\n")  # without comments and fenced code
        self.marks = {
            section.lines[0]: mark
            for section in self.page.sections[1:]
            if (mark := self._mark(section.lines[0])) is not None
        }

    def mark(self, section: Section) -> Mark | None:
        """The mark of a section, if archmem wrote it."""
        return self.marks.get(section.lines[0])

    def text(self, below: int, last: int, labels: Mapping[str, Field], *, exact: bool) -> EntryText:
        """The fields of the entry whose text goes from line `below` to line `last`."""
        lines = slice(below - 1, last)
        return read_entry_text(self.said[lines], self.shown[lines], labels, exact=exact)

    def last_said(self, first: int, last: int) -> int:
        """The last line from `first` to `last` that is neither blank nor a rule."""
        while last > first and _SAYS_NOTHING.fullmatch(self.page.lines[last - 1]):
            last -= 1
        return last

    def _mark(self, line: int) -> Mark | None:
        lines = self.page.lines
        heading = heading_of(lines[line - 1])
        below = next((n for n in range(line, len(lines)) if lines[n].strip()), None)
        match = _MARK.match(lines[below]) if heading and below is not None else None
        return Mark(match["uid"], heading[1], below + 2) if match and heading and below else None
