"""What is remembered of a project's file between two index runs."""

from __future__ import annotations

from typing import NamedTuple


class KnownFile(NamedTuple):
    """A file as it was when it was last looked at."""

    path: str  # relative to the project root, forward slashes
    size: int  # bytes
    mtime_ns: int
    content_hash: str | None  # blake2b of 16 bytes, in hex; None if it could not be read
    state: str  # "read", or why it was not: empty, unreadable, half_written, not_parseable …
    problem: str | None  # the line that says what was wrong
    read_at_ns: int  # when that was
