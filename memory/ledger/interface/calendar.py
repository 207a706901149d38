"""What is kept of what git says of files: since when they are there, and what they said before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from memory.models.memory import Draft, Source


class DatedFile(NamedTuple):
    """A decision that has a file to itself."""

    uid: str
    path: str
    was_looked_at: bool  # whether git was ever asked about it
    content_hash: str | None  # of the file as it was last read


class Version(NamedTuple):
    """What a file said from a commit on."""

    draft: Draft  # as it last was, where it was removed
    source: Source  # with the commit, in full
    since: datetime
    removed: bool = False


class RecordedRevision(NamedTuple):
    """A revision of a memory in the ledger."""

    number: int  # below 1 where only git tells of it
    version: Version  # `since` is when it was recorded where no commit is known that brought it
    is_committed: bool


class Placed(NamedTuple):
    """A revision in the order of a memory's revisions: of the ledger, or one that git tells of."""

    number: int | None  # of the ledger's; None for one that only git tells of
    version: Version | None  # None where no commit is known that brought it


class Calendar(Protocol):
    """When files were committed, and the revisions that only git tells of."""

    def files(self) -> list[DatedFile]:
        """The decisions that are there and have a file to themselves, by path."""

    def date(self, uid: str, at: datetime | None, commit: str) -> None:
        """Note when and by which commit a memory's file was added; None where git cannot say."""

    def revisions(self, uid: str) -> list[RecordedRevision]:
        """Every revision of a memory in its order, those that only git tells of among them."""

    def arrange(self, uid: str, placed: Sequence[Placed], at: datetime) -> list[int]:
        """Put a memory's revisions in this order; those that only git told of are told anew.

        Args:
            uid: Of the memory.
            placed: All of the ledger's revisions by number, and what git tells between them.
            at: The moment of recording.

        Returns:
            The ids of the links of those that only git tells of, whose targets are not looked up.
        """

    def unmarked(self) -> list[str]:
        """The uids of what stands in a file as nobody's, and may have been an agent's before."""
        ...

    def attribute(self, uid: str, source: Source) -> None:
        """Give the newest revision another source: whose word it is, and how far it is trusted."""
        ...

    def withdraw_problem(self, path: str, saying: str) -> list[str]:
        """The lines of a file's problem that hold some words are no longer told; these lines."""

    def links(self, link_ids: Iterable[int]) -> list[tuple[int, str]]:
        """What these links name, by id."""
