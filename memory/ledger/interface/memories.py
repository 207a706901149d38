"""What is asked of memories and their revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from memory.models.memory import Draft, Memory, Passage, Revision, Source
    from memory.models.selection import Lens, Selection
    from memory.models.standing import DeclaredState


class Head(NamedTuple):
    """As much of a revision as it takes to rank it."""

    revision_id: int
    uid: str
    title: str
    path: str | None
    valid_from: str | None  # as `times` writes it
    status: str  # by its own words
    derived: int = 0  # 1 if archmem worked it out itself
    text_hashes: str = "[]"  # JSON: the names of its embedded texts, in the order of its passages
    named: str = "[]"  # JSON: the uids of the memories that it names


class Watched(NamedTuple):
    """A memory that says what should make us look at it again."""

    uid: str
    kind: str
    title: str
    triggers: tuple[str, ...]
    since: datetime | None  # when it began to hold
    modules: tuple[str, ...]


class Memories(Protocol):
    """Memories and their revisions: adding, revising, moving, removing, reading."""

    def add(self, uid: str, draft: Draft, source: Source, at: datetime) -> int:
        """Add a memory with its first revision.

        Returns:
            The id of the revision.

        Raises:
            sqlite3.IntegrityError: the uid is taken.
        """

    def revise(self, uid: str, draft: Draft, source: Source, at: datetime) -> int | None:
        """Add a revision if it says something new; bring a removed memory back if it is one.

        Returns:
            The id of the new revision, or None when the newest one says the same already.

        Raises:
            UnknownMemory: there is no such memory.
        """

    def moment(self) -> datetime:
        """Now, or when the last revision was recorded if the clock was put back since then."""

    def recorded(self) -> Iterator[str]:
        """The uids of what was recorded here and still stands so, last first: no files."""

    def remove(self, uid: str, source: Source, at: datetime) -> bool:
        """Add a tombstone: the source no longer says this, from `at` on.

        It repeats the last words, so that the memory is known again should they come back.

        Returns:
            Whether there was something to remove.
        """

    def place(self, uid: str, path: str | None, draft: Draft) -> None:
        """Note where a memory's text stands now, and as what; its revisions stay as they are."""

    def mark_pending(self, uid: str, *, is_pending: bool) -> None:
        """Note whether a record still waits to be written to the project's file."""

    def fetch(self, uid: str, lens: Lens | None = None) -> Memory:
        """A memory by its uid; removed ones too.

        Raises:
            UnknownMemory: there is none, or the lens shows nothing of it.
        """

    def titles(self, uids: Iterable[str]) -> dict[str, str]:
        """What these memories are called now, by uid, in the order of uids."""

    def find_uid(self, beginning: str) -> str:
        """The uid that is, or begins like, `beginning`, or what is called so: a path or a number.

        Raises:
            UnknownMemory: none does.
            AmbiguousUid: several do.
        """

    def history(self, uid: str) -> list[Revision]:
        """All revisions of a memory, the first one first.

        Raises:
            UnknownMemory: there is no such memory.
        """

    def select(self, selection: Selection) -> list[Memory]:
        """The memories of a selection, the one that began to hold last first, undated ones last."""

    def listed_ids(self, selection: Selection, *, limit: int | None = None) -> dict[str, int]:
        """The ids of these revisions by their memories' uids, in the order of `list_memories`."""

    def heads(self, revision_ids: Iterable[int]) -> list[Head]:
        """The heads of these revisions, in the order of their ids."""

    def heads_of(self, selection: Selection, uids: Iterable[str]) -> list[Head]:
        """The heads of those of these memories that are selected, in the order of revisions."""

    def shown(self, lens: Lens, uids: Iterable[str]) -> dict[str, Memory]:
        """Those of these memories that the lens shows, by uid, in its order."""

    def at_places(
        self, places: Iterable[tuple[int, int | None]]
    ) -> dict[tuple[int, int | None], tuple[Memory, list[Passage]]]:
        """Memories as revisions show them, with the passage at a position, or all for None."""

    def at_revisions(self, revision_ids: Iterable[int]) -> dict[int, Memory]:
        """Memories as these revisions show them, by the revision's id."""

    def states(self, lens: Lens, uids: Iterable[str]) -> dict[str, DeclaredState]:
        """How these memories stand by their own words; those the lens does not show are left out.

        What was removed stands as withdrawn, and has ended on the day of its removal.
        """

    def in_files(self, paths: Sequence[str]) -> list[Memory]:
        """The memories that stand, or before their removal last stood, in these files."""

    def dated_in_figures(self) -> list[Memory]:
        """The memories whose date is in figures of which two could be the month."""

    def removed_saying(self, digests: Sequence[str]) -> list[Memory]:
        """The removed memories whose last words have one of these digests."""

    def with_uids(self, uids: Sequence[str]) -> list[Memory]:
        """The memories among these uids, removed ones too."""

    def paths(self) -> frozenset[str]:
        """The files that memories stand in."""

    def selected_ids(self, selections: Sequence[Selection], *, limit: int) -> list[list[int]]:
        """Of each selection the ids of up to `limit` revisions, in no particular order."""

    def newest_ids(self, selection: Selection, *, limit: int) -> list[int]:
        """The ids of up to `limit` selected revisions, those recorded last first."""

    def count(self, selection: Selection) -> int:
        """How many memories a selection means."""

    def selected_revisions(self, selection: Selection, uids: Iterable[str]) -> dict[str, int]:
        """The ids of the selected revisions among these memories', by uid."""

    def numbered(self, selection: Selection, number: int, prefix: str = "") -> list[int]:
        """The ids of the selected revisions of decisions that have a number; several may.

        Their path, or the beginning of their text, has the prefix in it.
        """

    def numbers(self) -> list[tuple[str, str, int]]:
        """The uid, path and number of every decision that has both, and was not removed."""

    def count_pending(self) -> int:
        """How many records wait to be written to their file."""

    def pending(self) -> list[Memory]:
        """The records that wait to be written to their file, in the order of recording."""

    def contains(self, uid: str) -> bool:
        """Whether a memory, removed or not, has this uid."""

    def is_as_read(self, memory: Memory) -> bool:
        """Whether nothing has been recorded of a memory since it was read."""

    def count_live(self, *, derived: bool = True) -> int:
        """How many memories there are that have not been removed; what no file ever says left out.

        Args:
            derived: Count those too that archmem worked out itself and no file says.
        """

    def own_statuses(self) -> dict[str, tuple[str, str]]:
        """The kind of every memory and its status by its own words, or `removed`, by uid."""

    def agents(self) -> list[str]:
        """Every agent that wrote a memory which is still there, in alphabetical order."""

    def agents_of(self, revision_ids: Iterable[int]) -> dict[int, str]:
        """The agents that wrote these revisions, by revision.

        Those of nobody's are left out, and definitions, which somebody wrote of an agent.
        """

    def giving_orders(self, revision_ids: Iterable[int]) -> frozenset[int]:
        """Those of these revisions whose text gives orders to its reader."""

    def with_checks(self, lens: Lens) -> dict[str, int]:
        """The revisions that the lens shows and that have checks, by uid, in their order."""

    def review_triggers(self, lens: Lens) -> list[Watched]:
        """The memories that the lens shows and that have triggers, in order of uids."""
