"""The code of a project along git's history, as questions about the past need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from memory.code.clone_tokens import FileTokens
    from memory.code.codebase import CodeBase

NOT_HERE = "not in this clone"  # why a file of a commit was not read, where its content is missing


class NamedCommit(NamedTuple):
    """A commit, as it is named to people."""

    hash: str  # in full
    moment: datetime  # of the commit, by its own word
    subject: str
    parents: tuple[str, ...]


class CodeHistory(Protocol):
    """What git says of the code; `UnknownCommit` is raised where it has no such commit."""

    @property
    def head(self) -> NamedCommit:
        """The commit that is checked out."""

    @property
    def is_shallow(self) -> bool:
        """Whether a clone has only the latest commits of it."""

    def version(self) -> str:
        """What facts of code depend on beside the files: equal versions read the same."""

    def commit(self, name: str) -> NamedCommit:
        """The commit of any name that git knows it by."""

    def base(self) -> NamedCommit | None:
        """Where this branch left the main one; on that the commit before; None without any."""

    def main_line(self, last: str, first: str = "") -> Sequence[NamedCommit]:
        """The commits by first parents that lead to one, the oldest first; after `first`."""

    def code_at(self, commit: str) -> CodeBase:
        """What the code said at a commit, by its full hash."""

    def tokens(self, code: CodeBase) -> Mapping[str, FileTokens]:
        """The tokens of the files of a code base, by path."""

    def renamed(self, commit: str, until: str = "") -> Mapping[str, str]:
        """The files that have another path in the worktree, or in a later commit, than in one."""

    def merge_base(self, first: str, second: str) -> str:
        """The commit that two have in common, in full; "" without one."""
