"""Knows the definition of an agent that archmem ships, as long as nobody edited it.

The mark is a comment in the front matter, so that no model reads it. It holds a digest of all the
rest; line ends do not count, since git may change them.
"""

from __future__ import annotations

import hashlib
import re

_MARK = re.compile(r"^# written by archmem ([0-9a-f]{16}); edited, it is yours\r?\n", re.MULTILINE)


def marked(text: str) -> str:
    """A definition with the mark that makes it known."""
    fence, rest = text.split("\n", 1)
    return f"{fence}\n# written by archmem {_digest(text)}; edited, it is yours\n{rest}"


def is_marked(text: str) -> bool:
    """Whether archmem wrote it; somebody may have edited it since."""
    return _MARK.search(text) is not None


def is_as_shipped(text: str) -> bool:
    """Whether archmem wrote it and nobody has edited it."""
    mark = _MARK.search(text)
    return mark is not None and mark[1] == _digest(text)


def _digest(text: str) -> str:
    said = _MARK.sub("", text, count=1).replace("\r\n", "\n")
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
