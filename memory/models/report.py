"""What an index run did, and what it remembers of files until the next."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from memory.models.value import Value


class HistoryReport(Value):
    """What was read of git's history in one run."""

    commits: int = 0  # read in this run
    found: int = 0  # refactorings among them
    left_out: int = 0  # of these, because people recorded them or there were too many
    added: int = 0
    revised: int = 0
    removed: int = 0  # nothing leads to their commits any more, or people recorded them
    total: int = 0  # refactorings from git that are known now
    reverted: int = 0  # those of them that were undone
    is_bounded: bool = False  # older commits were left out
    is_shallow: bool = False  # the clone has only the latest part of the history
    problems: tuple[str, ...] = ()
    seconds: float = 0.0


class RecordFolder(Value):
    """A folder of decision records or a log of decisions, or what only looks like one."""

    path: str  # relative to the project root; "." for the root itself
    pages: int  # that are records, or are called like some
    taken: bool  # whether they are read as records
    why: str
    is_log: bool = False  # a file, whose entries `pages` counts
    advice: str = ""  # of one that was not taken: the line of archmem.toml that takes it


class IndexReport(Value):
    """Counts of one run; a memory is in exactly one of the first five."""

    added: int = 0
    revised: int = 0
    moved: int = 0  # same words, another place
    unchanged: int = 0
    removed: int = 0
    withheld: int = 0  # would be removed, but were too many to believe without being told
    written: int = 0  # records that waited for their file and are in it now
    files_read: int = 0
    files_unchanged: int = 0
    embedded: int = 0  # texts that the model encoded in this run
    pending: int = 0  # texts that still lack their vector
    faults: int = 0  # what `lint` names, counted where a file was read
    history: HistoryReport | None = None  # None where it was not asked for
    folders: tuple[RecordFolder, ...] = ()  # those taken first, each by path
    new_folders: bool = False  # whether it is news which are taken and which are not
    problems: tuple[str, ...] = ()  # a line each: what, where, what to do
    gates: tuple[str, ...] = ()  # of plans: which were lost or are met again, a line each
    seconds: float = 0.0
    encoder_seconds: float = 0.0  # the part of them spent in the model


class Progress(Protocol):
    """Is told how far a stage has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` things of this stage are finished; a stage may come again."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


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
