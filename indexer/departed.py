"""Which paths and modules of a repository were there once and are no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.source_paths import module_of, names_by_fold

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path


def departed(root: Path, paths: Collection[str], modules: Collection[str]) -> frozenset[str]:
    """Those of these that some commit before HEAD had, and that are not there now.

    What was never there is not gone; neither is anything where git cannot say.

    Args:
        root: Of the worktree.
        paths: Files and folders, relative to it.
        modules: By their names.
    """
    git = Repository(root)
    try:
        gone = [path for path in paths if _has_lost_path(git, path)]
        return frozenset([*gone, *(name for name in modules if _has_lost_module(git, name))])
    except GitFailed:
        return frozenset()


def _has_lost_path(git: Repository, path: str) -> bool:
    if ".." in path.split("/") or path.startswith("/") or (git.root / path).exists():
        return False
    return git.has_history(path)


def _has_lost_module(git: Repository, name: str) -> bool:
    where = [f":(icase,glob){form}" for form in (f"**/{name}/**", f"**/{name}.*")]
    known = names_by_fold([name])
    if _belong(git.files_like(*where), known):
        return False
    return _belong(git.removed_files_like(*where), known)


def _belong(paths: Iterable[str], known: dict[str, str]) -> bool:
    return any(module_of(path, known) in known.values() for path in paths)
