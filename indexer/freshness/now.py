"""What stands in the main worktree now, and what stood at other commits."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from indexer.git.process import GitFailed
from indexer.git.repository import Node, Uncommitted, can_be_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.git.repository import Repository

CLEAN = Uncommitted(frozenset(), frozenset(), {})


class Now:
    """The files and folders of the commit that is checked out, and of the worktree."""

    def __init__(self, git: Repository, head: str) -> None:
        """Look at them.

        Raises:
            GitFailed: there is no such commit.
        """
        self._git = git
        tree = git.tree(head)
        self.files = {entry.path: entry.blob for entry in tree if can_be_named(entry.path)}
        self._folders = {folder for path in self.files for folder in _above(path)}
        try:
            self.dirty, self.has_worktree = git.uncommitted(), True
        except GitFailed:  # a bare repository
            self.dirty, self.has_worktree = CLEAN, False
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self.files:
            self._by_name[posixpath.basename(path)].append(path)

    def committed(self, path: str) -> Node | None:
        """What stands there in the commit."""
        if path in self.files:
            return Node(self.files[path])
        return Node("", is_folder=True) if path in self._folders else None

    def thing(self, path: str) -> Node | None:
        """What stands there in the worktree; None for nothing."""
        there = self.committed(path)
        if there is None:
            return self._unknown_to_git(path)
        if path in self.dirty.deleted or path in self.dirty.renamed:
            return None
        if path in self.dirty.changed:
            blob = self._git.blob_on_disk(path, there.id)
            return Node(blob) if blob else there
        return there

    def is_there(self, path: str) -> bool:
        """Whether anything stands there."""
        return self.thing(path) is not None

    def is_folder(self, path: str) -> bool:
        """Whether a folder does."""
        thing = self.thing(path)
        return thing is not None and thing.is_folder

    def ending_like(self, path: str) -> list[str]:
        """The files whose paths end with this one."""
        return ending_like(path, self._by_name.get(posixpath.basename(path), ()))

    def folders_like(self, path: str) -> list[str]:
        """The folders whose paths do."""
        return ending_like(path, self._folders)

    def _unknown_to_git(self, path: str) -> Node | None:
        if not self.has_worktree:
            return None
        place = self._git.root / path
        try:
            if place.is_dir():
                return Node("", is_folder=True)
            return Node("") if place.is_file() else None
        except OSError:
            return None


def ending_like(path: str, among: Iterable[str]) -> list[str]:
    """Those of some paths that end with this one, part by part."""
    return sorted(one for one in among if one == path or one.endswith(f"/{path}"))


def _above(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path
