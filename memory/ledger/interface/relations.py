"""What is asked of links between memories and of the modules they concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from memory.kinds.vocabulary import LinkType
    from memory.models.assessment import Freshness
    from memory.models.memory import Link, Reference
    from memory.models.selection import Lens
    from memory.models.standing import DeclaredState


class ReferenceTarget(NamedTuple):
    """A memory that was not removed, as far as it takes to be found by a reference.

    What archmem worked out itself and runs go by their uids only: nobody who writes the title
    of a decision means a commit, or a task, of the same words.
    """

    uid: str
    title: str  # "" of what is called by its uid only
    path: str | None = None  # relative to the project root
    number: int | None = None
    metric: str = ""  # of a baseline, as are the following
    day: str = ""  # such as 2025-03-17; "" where its source does not say
    value: float | None = None
    former: frozenset[str] = frozenset()  # names by paths that its file had, as `add_former` takes


class Referral(NamedTuple):
    """A reference of a memory's newest revision, and what it was last found to mean."""

    link_id: int
    target: str  # as written
    uid: str  # of the memory that refers
    path: str | None  # where that memory stands
    found: str | None = None  # the uid it was last found to mean
    is_there: bool = False  # whether that one was not removed since


class LinkedMemories(NamedTuple):
    """Memories that links bind together."""

    links: list[Link]
    states: dict[
        str, DeclaredState
    ]  # by uid, of those that the lens shows, as `Memories.states` has it
    titles: dict[str, str]  # the newest, by uid


class Labels(Protocol):
    """Which modules a memory concerns: those its source names, and those its text is about."""

    def modules(self) -> list[str]:
        """Every module that the source of some live memory names, in alphabetical order.

        Folders that archmem itself took for modules are not among them: most are none.
        """

    def modules_of_agents(self) -> list[str]:
        """Those of them that the definition of some agent says it owns."""

    def named_by(self, memory_ids: Iterable[int]) -> set[str]:
        """Every module that some revision of these memories names, in each of its spellings."""

    def spelling(self, module: str) -> str | None:
        """A module as the first live memory that names it writes it; None where none does."""

    def unlabelled(self, memory_ids: Iterable[int]) -> list[tuple[int, str, str]]:
        """Of these memories the live revisions that name no module: id, title with tags, body."""

    def unlabelled_with(self, module: str) -> list[tuple[int, str, str]]:
        """The same of all memories that may have a module's name in their text."""

    def forget_mentions(self, modules: Iterable[str]) -> None:
        """The newest revisions are no longer noted to be about these modules.

        What was noted of older revisions stays, for whoever looks at an earlier day.
        """

    def add_mentions(self, mentions: Iterable[tuple[int, str]]) -> None:
        """Note which modules revisions are about though they do not say so."""

    def modules_of(self, revision_ids: Iterable[int]) -> dict[int, list[str]]:
        """The modules that these revisions concern, by what they say or are about, by revision."""

    def counts(self, lens: Lens, modules: Iterable[str]) -> dict[str, dict[str, int]]:
        """How many memories the lens shows of each of these modules, by kind; every module is told.

        A module is the one that was asked for however its case is written.
        """


class Links(Protocol):
    """Relations between memories: as their sources assert them, and looked up by name."""

    def add(self, revision_id: int, references: Iterable[Reference]) -> None:
        """Keep what a revision refers to; the targets are looked up later."""

    def newest(self, *, after: int = 0) -> list[Referral]:
        """Every reference of the revisions that are newest and came after the one with this id."""

    def point(self, targets: Iterable[tuple[int, str | None]]) -> None:
        """Set what references point at: pairs of a link's id and a uid, or None for nothing."""

    def point_at_uids(self, uid: str) -> None:
        """Point what the newest revision of a memory refers to at the memories with those uids."""

    def bound(
        self,
        lens: Lens,
        uids: Iterable[str],
        types: Sequence[LinkType],
        *,
        only_bound: bool = False,
    ) -> LinkedMemories:
        """These memories and those that chains of such links lead to from them, either way.

        Args:
            lens: From when to look.
            uids: Where the chains begin.
            types: Of the links that are followed.
            only_bound: Leave out those that have no such link.
        """

    def bearing(
        self,
        lens: Lens,
        uids: Iterable[str],
        *,
        onward: Sequence[LinkType],
        outward: Sequence[LinkType],
        inward: Sequence[LinkType],
    ) -> tuple[list[Link], dict[str, Freshness]]:
        """Links as `fetch` has them, and how fresh these memories are, as `anchors` has it.

        Args:
            lens: From when to look.
            uids: Of the memories.
            onward: Types of links that are followed from them, and from where those lead.
            outward: Other links from any of these.
            inward: Links to any of these.
        """

    def fetch(
        self, lens: Lens, uids: Iterable[str] | None = None, *, types: Sequence[LinkType] = ()
    ) -> list[Link]:
        """The links that the lens shows, each once, in their plain direction.

        A memory that says "superseded by X" gives the same link as X saying that it supersedes
        the memory. A removed memory asserts nothing: a tombstone has no references.

        Args:
            lens: From when to look.
            uids: Only links with one of these at either end; None for all.
            types: Only links of these types; none for all.
        """

    def known(self, memory_ids: Iterable[int]) -> dict[int, ReferenceTarget]:
        """Those of these memories that were not removed, by their ids."""

    def named(self, names: Iterable[str]) -> list[ReferenceTarget]:
        """The memories that any of these names is noted for, in the order in which they came."""

    def names_of(self, memory_ids: Iterable[int]) -> dict[int, set[str]]:
        """The names that are noted for these memories, by their ids."""

    def save_names(self, names: Mapping[int, set[str]]) -> None:
        """Note the names of memories, by their ids, in place of those that were noted."""

    def add_former(self, uid: str, names: Iterable[str]) -> None:
        """Note names by paths that the file of a memory had; all begin with "was ".

        Other names that are saved or forgotten leave them alone.
        """

    def forget_names(self) -> None:
        """No name is noted any more, of a memory or of a reference, but by former paths."""

    def referrals_of(self, memory_ids: Iterable[int]) -> list[Referral]:
        """What the newest revisions of these memories refer to."""

    def referrals_from(self, uids: Iterable[str]) -> list[Referral]:
        """The same of the memories with these uids."""

    def referrals_to(self, names: Iterable[str], memory_ids: Iterable[int]) -> list[Referral]:
        """The references of newest revisions that hold one of these names or mean one of these."""

    def save_link_names(self, names: Mapping[int, set[str]]) -> None:
        """Note the names that references hold, by their links' ids."""
