"""A part of a memory's text, the unit that is searched."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class Passage(NamedTuple):
    """Some consecutive lines of one revision, under one heading."""

    title: str  # of the memory
    heading: str  # the headings above it, outermost first, joined by " > "
    text: str
    #: Lines of the entry, the first is 0, both ends included: an entry moves when something is
    #: written above it, which changes no revision. None where the file words it differently.
    lines: tuple[int, int] | None

    def lines_in(self, entry: tuple[int, int] | None) -> tuple[int, int] | None:
        """Its lines in the file, 1-based, where the entry's are known; at worst all of those."""
        if entry is None or self.lines is None:
            return entry
        return entry[0] + self.lines[0], entry[0] + self.lines[1]

    @property
    def embedded_text(self) -> str:
        """What the model reads: the passage with the title and headings that it stands under."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)

    @property
    def text_hash(self) -> str:
        """Names the embedded text: equal texts share one embedding."""
        text = self.embedded_text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16).hexdigest()
