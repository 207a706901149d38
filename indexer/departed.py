"""Which paths and modules of a repository were there once and are no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.history.git import Git, GitFailed
from indexer.module_paths import module_of, names_by_fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path


def departed(root: Path, paths: Collection[str], modules: Collection[str]) -> frozenset[str]:
    """Those of these that some commit before HEAD had, and that are not there now.

    What was never there is not gone; neither is anything where git cannot say.

    Args:
        root: Of the worktree.
        paths: Files and folders, relative to it.
        modules: By their names.
    """
    repository = _Repository(root)
    try:
        gone = [path for path in paths if repository.has_lost_path(path)]
        return frozenset([*gone, *(name for name in modules if repository.has_lost_module(name))])
    except GitFailed:
        return frozenset()


class _Repository(Git):
    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self._root = root

    def has_lost_path(self, path: str) -> bool:
        if ".." in path.split("/") or path.startswith("/") or (self._root / path).exists():
            return False
        said = self._ask("log", "--max-count=1", "--format=%H", "HEAD", "--", f":(literal){path}")
        return bool(said.strip())

    def has_lost_module(self, name: str) -> bool:
        where = [f":(icase,glob){form}" for form in (f"**/{name}/**", f"**/{name}.*")]
        known = names_by_fold([name])
        if _belong(self._paths("ls-files", "-z", "--", *where), known):
            return False
        removed = ("log", "-z", "--format=", "--name-only", "--no-renames", "--diff-filter=D")
        return _belong(self._paths(*removed, "HEAD", "--", *where), known)

    def _paths(self, *arguments: str) -> Iterator[str]:
        return (path.strip() for path in self._ask(*arguments).split("\0") if path.strip())


def _belong(paths: Iterable[str], known: dict[str, str]) -> bool:
    return any(module_of(path, known) in known.values() for path in paths)
