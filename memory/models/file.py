"""What is remembered of a project's file between two index runs."""

from __future__ import annotations

from typing import NamedTuple

MAIN = ""  # the main worktree; a linked one goes by its absolute path

READ = "read"  # what the file says is what was learned last of its path
NOTED = "noted"  # what it says is known not to be news: another worktree's text holds
STALE = "stale"  # to be read again though it did not change


class KnownFile(NamedTuple):
    """A file of one worktree as it was when it was last looked at there."""

    path: str  # relative to the worktree's root, forward slashes
    size: int  # bytes
    mtime_ns: int
    content_hash: str | None  # blake2b of 16 bytes, in hex; None if it could not be read
    state: str  # one of the above, or why it was not read: empty, unreadable, half_written …
    problem: str | None  # the line that says what was wrong
    read_at_ns: int  # when that was
    worktree: str = MAIN
    said: str = ""  # the digests of its entries when it was last taken in, with spaces between
