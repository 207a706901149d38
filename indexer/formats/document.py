"""What a source format is given, and what it gives back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, ClassVar

from indexer.wording.entry_names import slug, unique_keys
from indexer.wording.mentions import record_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.kinds.vocabulary import Trust
    from memory.models.memory import Draft

MEMORY_FOLDER = (".claude", "memory")


@dataclass(frozen=True)
class Document:
    """One file's text, decoded, with its newlines as `\\n`."""

    path: str  # relative to the project root, forward slashes
    text: str
    beside: str = ""  # YAML with the fields of the page, from a file beside it

    @property
    def name(self) -> str:
        """The file's name with its ending."""
        return PurePosixPath(self.path).name

    @property
    def record_name(self) -> str:
        """The name of the file, or of its folder where a record has one to itself."""
        return record_name(self.path)


@dataclass(frozen=True)
class Problem:
    """Something in a file that could not be used, said in one line."""

    path: str
    what: str
    line: int | None = None  # 1-based
    advice: str = ""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.what}" + (f"; {self.advice}" if self.advice else "")


@dataclass(frozen=True)
class Parsed:
    """What a format found in one document.

    With `failed` the document could not be read as its format at all: what is known from
    it stays as it is. Without it, an entry that is not among `drafts` is gone.
    """

    drafts: tuple[Draft, ...] = ()
    problems: tuple[Problem, ...] = ()
    failed: bool = False


@dataclass(frozen=True)
class FoundFolders:
    """Folders that are known by what is in them, relative to the project root."""

    declared: frozenset[str] = frozenset()  # by a tool's file; each page of them is a record
    records: frozenset[str] = frozenset()  # in which what is called like a record is one
    others: frozenset[str] = frozenset()  # in which it is not
    logs: frozenset[str] = frozenset()  # files of many decisions
    bundles: frozenset[str] = frozenset()  # of the Open Knowledge Format, with all below them


NOTHING_FOUND = FoundFolders()


class Format(ABC):
    """One way in which projects write down what they know.

    A class derived from it in a file of this folder is a format: `registry` finds it there.
    """

    name: ClassVar[str]
    trust: ClassVar[Trust]
    #: Of several formats that accept a path the lowest has it: 0 for one kind of file anywhere,
    #: 1 for a folder, 2 and up for what is left.
    order: ClassVar[int] = 1
    #: The endings of its files, "" for files without one; none are said where it may be any.
    endings: ClassVar[frozenset[str]] = frozenset()
    #: The folder of its files, where no more is to be asked of a path.
    below: ClassVar[tuple[str, ...]] = ()

    def __init__(self, record_folders: Sequence[str] = ()) -> None:
        """Take note of the folders of decision records beyond the usual ones."""
        self.record_folders = tuple(record_folders)

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether a file at this path, relative to the project root, is this format's."""
        return (
            len(path.parts) > len(self.below)
            and path.parts[: len(self.below)] == self.below
            and path.suffix.lower() in self.endings
        )

    def knowing(self, found: FoundFolders) -> Format:  # noqa: ARG002
        """The format with what was found out of folders; most are not about any."""
        return self

    @abstractmethod
    def parse(self, document: Document) -> Parsed:
        """Everything the document says; never raises for anything a file may hold."""


@dataclass(frozen=True)
class Origin:
    """Where a document comes from, for the sources of its revisions."""

    trust: Trust
    content_hash: str
    commit: str | None  # None where no commit holds the file as it lies there


@dataclass(frozen=True)
class FileOwner:
    """Whose knowledge a file of the memory folder is."""

    modules: tuple[str, ...] = ()
    agent: str | None = None


def owner_of(path: str) -> FileOwner:
    """The owner by `agents/NAME/…`, `agents/NAME.md` or `modules/NAME/…` in the memory folder."""
    parts = PurePosixPath(path).parts
    if parts[:2] != MEMORY_FOLDER or len(parts) < 4:
        return FileOwner()
    name = parts[3] if len(parts) > 4 else PurePosixPath(parts[3]).stem
    if parts[2] == "agents":
        return FileOwner(agent=agent_name(name))
    return FileOwner(modules=(name,)) if parts[2] == "modules" else FileOwner()


def agent_name(name: str) -> str:
    """An agent's name in one spelling: `payments_agent` is `payments-agent`."""
    return name.strip().replace("_", "-")


def with_unique_keys(drafts: Iterable[Draft], *, by_date: bool = False) -> tuple[Draft, ...]:
    """The drafts of one file, no key twice: equal ones are told apart by their text.

    With `by_date` the date comes before the text, where there is one.
    """
    drafts = tuple(drafts)
    dates = [draft.date if by_date else "" for draft in drafts]
    keys = unique_keys(
        [
            (draft.key, date or slug(draft.body)[:24])
            for draft, date in zip(drafts, dates, strict=True)
        ]
    )
    keyed = zip(drafts, keys, strict=True)
    return tuple(draft.model_copy(update={"key": key}) for draft, key in keyed)
