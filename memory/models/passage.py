"""A part of a memory's text, the unit that is searched."""

from __future__ import annotations

import hashlib
from typing import NamedTuple


class Passage(NamedTuple):
    """Some consecutive lines of one revision, under one heading."""

    title: str  # of the memory
    heading: str  # the headings above it, outermost first, joined by " > "
    text: str
    lines: tuple[int, int] | None  # of the file, 1-based, both ends included

    @property
    def embedded_text(self) -> str:
        """What the model reads: the passage with the title and headings that it stands under."""
        return "\n".join(part for part in (self.title, self.heading, self.text) if part)

    @property
    def text_hash(self) -> str:
        """Names the embedded text: equal texts share one embedding."""
        text = self.embedded_text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(text, digest_size=16).hexdigest()
