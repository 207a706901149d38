"""What is asked of the facts of code: those of files by their bytes, and which bytes were where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class CodeFileRow(NamedTuple):
    """A file of code as it was found."""

    path: str
    size: int  # bytes
    mtime_ns: int
    blob: str  # the hash that git gives its content
    read_at_ns: int


class CodeRows(Protocol):
    """Facts of files. All of it can be had again from the files."""

    def files(self, worktree: str) -> dict[str, CodeFileRow]:
        """The files of a worktree as they were found last, by path."""

    def save_files(
        self, worktree: str, changed: Iterable[CodeFileRow], gone: Iterable[str]
    ) -> None:
        """Note how some were found, and which are no longer there."""

    def facts(self, extractor: str, blobs: Collection[str]) -> dict[str, str]:
        """What was kept of these contents by an extractor, as JSON by hash."""

    def save_facts(self, extractor: str, facts: Mapping[str, str]) -> None:
        """Keep what an extractor found, as JSON by hash."""

    def forget(self, extractor: str) -> None:
        """Nothing is kept of an extractor."""

    def forget_others(self, extractors: Collection[str]) -> None:
        """Nothing is kept of extractors other than these."""
