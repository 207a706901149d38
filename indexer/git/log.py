"""Commits as `git log` tells them: who followed whom, what was said, which files changed."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.process import GitFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.git.repository import Repository

MOST_CHANGES = 5_000  # of one commit; what else it changed is only counted
RENAMES = 600  # files on either side of a commit that git compares by content; else by name
_MARK = "\x1e"  # before a hash, where otherwise the letter of a change stands
_FORMAT = f"--format={_MARK}%H%x00%P%x00%aI%x00%s%x00%b%x00"
_FIELDS = 4  # after the hash
_STATUS = re.compile(r"[A-Z]\d{0,3}")
_TWO_PATHS = ("R", "C")


class FileChange(NamedTuple):
    """What a commit did to one file."""

    letter: str  # A, D, M, R or T, as git has it
    path: str  # where it is, or was
    origin: str = ""  # where it was before, if it was renamed


@dataclass
class Commit:
    """One commit."""

    hash: str  # in full
    parents: tuple[str, ...]
    at: datetime | None  # when it was written; UTC
    subject: str  # its first paragraph, on one line
    body: str
    changes: list[FileChange] = field(default_factory=list)
    more_changes: int = 0  # beyond those
    knows_changes: bool = True  # False where git could not say what it changed

    @property
    def is_merge(self) -> bool:
        """Whether it only brings together what others did."""
        return len(self.parents) > 1


class CommitLog:
    """The commits that arguments of `git log` mean, the latest first, and how well it went."""

    def __init__(
        self, git: Repository, arguments: Sequence[str], *, with_changes: bool = True
    ) -> None:
        """Name the commits; what they changed costs a hundred times what was said of them."""
        self._git = git
        self._arguments = arguments
        self._with_changes = with_changes
        self.problems: list[str] = []
        self.is_whole = True  # False when git gave up before it had told everything

    def __iter__(self) -> Iterator[Commit]:
        """Every commit once.

        Where an object is missing or broken, git gives up in the middle. What is left is then
        told with less: first without comparing what files hold, then without their names. In a
        partial clone nothing is compared from the start, as the contents are elsewhere.
        """
        ways = [
            (["--name-status", f"-M{'100%' if exact else ''}", f"-l{RENAMES}"], True)
            for exact in self._ways()
        ]
        told = 0
        for way, knows_changes in (*ways, ([], False)):
            try:
                for commit in itertools.islice(self._read(way), told, None):
                    told += 1
                    commit.knows_changes = knows_changes
                    yield commit
            except GitFailed as error:
                self.problems.append(f"git log: {error}")
            else:
                return
        self.is_whole = False

    def _ways(self) -> list[bool]:
        """Whether files are compared by their content alone, at the first try and the next."""
        if not self._with_changes:
            return []
        return [True] if self._git.is_partial() else [False, True]

    def _read(self, way: Sequence[str]) -> Iterator[Commit]:
        return read_commits(
            self._git.stream(
                "log",
                "-z",
                _FORMAT,
                *("--no-color", "--no-ext-diff", "--no-textconv", "--no-notes"),
                *way,
                *self._arguments,
                "--",
            )
        )


def read_commits(texts: Iterator[str]) -> Iterator[Commit]:
    """Commits from the texts of a NUL-separated log.

    Raises:
        GitFailed: git did, after everything that it had told in whole.
    """
    commit: Commit | None = None
    try:
        for raw in texts:
            text = raw.removeprefix("\n")
            if text.startswith(_MARK):
                if commit is not None:
                    yield commit
                commit = _commit(text[len(_MARK) :], list(itertools.islice(texts, _FIELDS)))
            elif commit is not None and _STATUS.fullmatch(text):
                paths = list(itertools.islice(texts, 2 if text[0] in _TWO_PATHS else 1))
                _note(commit, text[0], paths)
    except GitFailed:
        if commit is not None and commit.changes:  # it tells all changes of a commit or none
            yield commit
        raise
    if commit is not None:
        yield commit


def _commit(name: str, said: Sequence[str]) -> Commit | None:
    """A commit, if everything that is said of it has come."""
    if len(said) < _FIELDS:
        return None
    parents, at, subject, body = said
    return Commit(name, tuple(parents.split()), _moment(at), subject, body)


def _note(commit: Commit, letter: str, paths: Sequence[str]) -> None:
    if len(commit.changes) >= MOST_CHANGES:
        commit.more_changes += 1
    elif letter == "R" and len(paths) == 2:
        commit.changes.append(FileChange(letter, paths[1], paths[0]))
    elif paths:
        commit.changes.append(FileChange("A" if letter == "C" else letter, paths[-1]))


def _moment(text: str) -> datetime | None:
    """A date as git writes it; some old commits have one that no calendar knows."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
