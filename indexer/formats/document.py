"""What a source format is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from memory.models.kinds import Trust
    from memory.models.revision import Draft


@dataclass(frozen=True)
class Document:
    """One file's text, decoded, with its newlines as `\\n`."""

    path: str  # relative to the project root, forward slashes
    text: str

    @property
    def name(self) -> str:
        """The file's name with its ending."""
        return PurePosixPath(self.path).name


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


class Format(Protocol):
    """One way in which projects write down what they know."""

    name: str
    trust: Trust

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether a file at this path, relative to the project root, is this format's."""
        ...

    def parse(self, document: Document) -> Parsed:
        """Everything the document says; never raises for anything a file may hold."""
        ...


@dataclass(frozen=True)
class Origin:
    """Where a document comes from, for the sources of its revisions."""

    trust: Trust
    content_hash: str
    commit: str | None  # None where no commit holds the file as it lies there


@dataclass
class Findings:
    """Drafts and problems as a parser gathers them."""

    path: str
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, what: str, *, line: int | None = None, advice: str = "") -> None:
        """Note something that could not be used."""
        self.problems.append(Problem(self.path, what, line, advice))

    def parsed(self, *, failed: bool = False) -> Parsed:
        """All of it, frozen."""
        return Parsed(tuple(self.drafts), tuple(self.problems), failed)


MEMORY_FOLDER = (".claude", "memory")


@dataclass(frozen=True)
class Owner:
    """Whom a file's place names."""

    modules: tuple[str, ...] = ()
    agent: str | None = None


def owner_of(path: str | PurePosixPath) -> Owner:
    """The owner by `agents/NAME/…`, `agents/NAME.md` or `modules/NAME/…` in the memory folder."""
    parts = PurePosixPath(path).parts
    if parts[:2] != MEMORY_FOLDER or len(parts) < 4:
        return Owner()
    name = parts[3] if len(parts) > 4 else PurePosixPath(parts[3]).stem
    if parts[2] == "agents":
        return Owner(agent=agent_name(name))
    return Owner(modules=(name,)) if parts[2] == "modules" else Owner()


def agent_name(name: str) -> str:
    """An agent's name in one spelling: `payments_agent` is `payments-agent`."""
    return name.strip().replace("_", "-")
