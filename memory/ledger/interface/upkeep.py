"""What is asked of files, anchors, changes and other books that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from memory.models.assessment import AnchorVerdict, CheckedAnchor, Freshness
from memory.models.report import MAIN, KnownFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from memory.models.memory import Draft, Passage, Source
    from memory.models.runs import Application
    from memory.models.selection import Lens


_ORDER = tuple(AnchorVerdict)


class AnchorFinding(NamedTuple):
    """What became of one anchor, and what has to change for that to be another."""

    checked: CheckedAnchor
    place: str = ""  # the file that was looked at, from the project's root; "" if none was


class KeptFinding(NamedTuple):
    """A finding of the newest revision of a memory."""

    uid: str
    finding: AnchorFinding
    since: str  # the commit at which the memory last said something new; "" without one


def judged(anchors: Iterable[CheckedAnchor], commit: str = "") -> Freshness:
    """What becomes of a memory by its anchors, of which there is one at least."""
    worst = sorted(anchors, key=lambda one: (-_ORDER.index(one.verdict), one.name, one.type))
    return Freshness(verdict=worst[0].verdict, anchors=tuple(worst), commit=commit)


What = Literal["added", "revised", "removed"]


class Difference(NamedTuple):
    """A memory that does not say, or is not, what it was."""

    uid: str
    revision_id: int  # of its newest revision
    what: What


class Unfiled(NamedTuple):
    """A revision of a memory that no file says."""

    uid: str
    revision_id: int
    commit: str | None  # that was checked out when it was recorded
    is_newest: bool


class IndexedFiles(Protocol):
    """What is known of the project's files, so that only changed ones are read again.

    Each worktree has its own files; of those at one path, one is where the text is from that
    holds. Where that one goes, another has to be read again: the main worktree's, if it has one.
    """

    def known(
        self, only: Iterable[str] | None = None, *, worktree: str = MAIN
    ) -> dict[str, KnownFile]:
        """Every file that has been seen in a worktree, by its path.

        Args:
            only: Only these paths and what is below them.
            worktree: Which one.
        """

    def elsewhere(self, paths: Iterable[str], *, worktree: str) -> list[KnownFile]:
        """The files at these paths that have been seen in other worktrees."""

    def of_others(self, worktrees: Iterable[str]) -> list[KnownFile]:
        """The files seen in worktrees other than these."""

    def problems(self) -> dict[str, str]:
        """What was wrong with files when they were last read, a line each, by path.

        Of a path with problems in several worktrees, it is what was wrong in the main one.
        """

    def save(self, files: Iterable[KnownFile]) -> None:
        """Note how these files were found, in place of what was known of them.

        The text of a file that was read holds from now on: those of the same path in other
        worktrees are merely noted.
        """

    def reopen(self, path: str, said: str, *, worktree: str = MAIN) -> None:
        """A file was written: it is to be read again, even if somebody puts it back as it was.

        Args:
            path: The file.
            said: The digest of what was written to it.
            worktree: In which it was.
        """

    def forget(self, paths: Iterable[str], *, worktree: str = MAIN) -> None:
        """These files are gone from a worktree; what held from them has to be read elsewhere."""

    def wake_elsewhere(self, paths: Sequence[str], *, worktree: str) -> None:
        """Where what holds is from this worktree, another one's file is to be read again.

        The main worktree's comes first.
        """

    def doubt_all(self) -> None:
        """Afterwards the next index run reads all files anew, and looks up all that they name."""

    def reopen_all(self, *, besides: str) -> None:
        """What holds from other worktrees than `besides` is to be read again."""


class Anchors(Protocol):
    """Places of the codebase that memories name, and what became of them."""

    def freshness(self, lens: Lens, uids: Iterable[str]) -> dict[str, Freshness]:
        """How fresh these memories are, by uid; none where nothing was looked at.

        What became of an anchor is known of the present only: through another lens there is none.
        """

    def findings(self) -> list[KeptFinding]:
        """What is known of all anchors, in the order of uids and then of texts."""

    def save(
        self, uid: str, revision: int, findings: Sequence[AnchorFinding], *, since: str, commit: str
    ) -> None:
        """Keep what became of a memory's anchors, in place of what was known of them.

        Nothing is kept if it says something else by now: the next look is at that.

        Args:
            uid: Of the memory.
            revision: Number of the revision that names them.
            findings: In the order of its text.
            since: As for `KeptFinding`.
            commit: The commit at which they were looked at; "" without git.
        """


class Changes(Protocol):
    """The log of changes: an ever growing number for each, given in its transaction."""

    def latest(self) -> int:
        """The number of the last change that was committed; 0 before the first."""

    def memories(self, change: int) -> list[int]:
        """The ids of the memories that were revised, removed or moved after a change."""

    def revised(self, change: int) -> list[str]:
        """The memories that are there and were revised after a change, by uid."""

    def differences(self, change: int) -> list[Difference]:
        """The memories that differ from what they were at a change, the latest change first.

        What came and went since then, and what says again what it said then, is no difference.
        """

    def recorded_at(self, change: int) -> datetime | None:
        """When the last revision up to a change was kept; None where there is none."""

    def has_recording(self, change: int) -> bool:
        """Whether somebody, and not only the indexer, recorded something after a change."""


class StoreFacts(Protocol):
    """Single facts about a store, by the names that `memory.ledger.store_facts` has."""

    def find(self, name: str) -> str | None:
        """What is noted under a name, if anything is."""

    def save(self, name: str, value: str) -> None:
        """Note a fact in place of what was noted under its name."""

    def beginning(self, prefix: str) -> dict[str, str]:
        """What is noted under names that begin so, by name."""

    def remove(self, names: Iterable[str]) -> None:
        """Nothing is noted under these names any more."""


class Consolidations(Protocol):
    """Which proposals were applied, and what each changed."""

    def save(self, application: Application) -> None:
        """Keep an application as it is now; the caller holds the transaction."""

    def forget(self, proposal: str) -> None:
        """Keep nothing of an application that changed nothing; the caller holds the transaction."""

    def find(self, proposal: str) -> Application | None:
        """The application of a proposal, if it was ever begun."""

    def applications(self) -> list[Application]:
        """Every application, the first one first."""


class Rewinding(Protocol):
    """Takes a copy of a ledger to another moment.

    Nothing here is for a ledger that people rely on: it lets go of what cannot be had again.
    """

    def forget_working_tree(self) -> None:
        """All files are to be looked at again, and what hung on those of today is forgotten.

        A file that is as it was when it was last read need not be parsed again. Records that wait
        for their file, and files of other worktrees, are no longer waited for.
        """

    def unfiled(self) -> list[Unfiled]:
        """The revisions of memories that no file says and nobody removed, the oldest first."""

    def show_again(self, uid: str, revision_id: int) -> None:
        """A revision is the newest one of its memory, whatever was recorded after it."""

    def settle_on(self, change: int) -> None:
        """Revisions that came after this change stay only where they say something new.

        A memory that says again what it said before is shown with the number and the moment under
        which that was recorded. One that was removed is not known at all: it may have come later.
        """

    def queue_what_shows(self, model: str) -> None:
        """Of the texts of memories that are there, those wait that a model has not embedded."""


class Redact(Protocol):
    """Takes out what is to go."""

    def __call__(self, text: str, /) -> str:
        """A text without it."""

    def key(self, name: str) -> str:
        """A name that was made from some text, without it."""


class Erasing(Protocol):
    """Takes words out of the ledger so that no byte of them stays in its file."""

    def find_words(self, redact: Redact) -> dict[str, list[str]]:
        """Where a text that `redact` changes stands: by table, uids or keys of rows."""

    def erase_words(
        self,
        redact: Redact,
        derive: Callable[[Draft], tuple[str, list[Passage]]],
    ) -> None:
        """Replace it wherever it stands, and make anew what is derived of it."""

    def erase_memories(
        self, uids: Iterable[str], derive: Callable[[Draft], tuple[str, list[Passage]]]
    ) -> None:
        """Take out memories, all their revisions and all that hangs on them."""

    def mark(self, name: str, said: dict[str, str]) -> None:
        """Say that something was erased, and that what lies beside the rows is still to go."""

    def vacuum(self) -> bool:
        """Write the file anew, outside of a transaction; False while another program reads it."""


class Rows(Protocol):
    """All rows as they are, to be taken to another ledger."""

    def all(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each with its table, in the order of the keys, without what is this ledger's own."""

    def filling(
        self,
        derive: Callable[[Draft], tuple[str, list[Passage]]],
        weigh: Callable[[Draft, Source], Source],
    ) -> AbstractContextManager[Callable[[str, dict[str, Any]], bool]]:
        """What puts rows into an empty ledger, in a transaction; False for one that is none."""
