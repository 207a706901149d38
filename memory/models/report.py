"""What an index run did, as a value that can be printed or sent."""

from __future__ import annotations

from typing import Protocol

from pydantic import BaseModel, ConfigDict


class HistoryReport(BaseModel):
    """What was read of git's history in one run."""

    model_config = ConfigDict(frozen=True, extra="forbid")
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


class IndexReport(BaseModel):
    """Counts of one run; a memory is in exactly one of the first five."""

    model_config = ConfigDict(frozen=True, extra="forbid")
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
    history: HistoryReport | None = None  # None where it was not asked for
    problems: tuple[str, ...] = ()  # a line each: what, where, what to do
    seconds: float = 0.0
    encoder_seconds: float = 0.0  # the part of them spent in the model


class Progress(Protocol):
    """Is told how far a stage has come."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` things of this stage are finished; a stage may come again."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
