"""Which files of a project are its code: what git tracks or would, and nobody generated."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from indexer.code.not_read import foreign_files, is_foreign
from indexer.code.registry import language_of
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.scanner import scan
from memory.code.apart import is_migration

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

#: Code that somebody wrote is shorter; what is longer is data, or was generated.
LARGEST = 1_000_000  # bytes
_INSTALLED = frozenset({"node_modules", ".venv", "venv", "site-packages", ".git", ".archmem"})
#: What Composer and Go write into the folder of the packages that they install.
_VENDORED = ("/autoload.php", "/modules.txt")
_GENERATED = "linguist-generated"
_NOT_OURS = (_GENERATED, "linguist-vendored")


class SelectedCode(NamedTuple):
    """The code of a project."""

    paths: list[str]  # that are read, in order
    foreign: dict[str, str]  # why others are not, by a pattern for them


def select_code(root: Path, ignore: Sequence[str] = ()) -> SelectedCode:
    """The files of code below a folder, whether they are still there or not.

    In a repository they are those that git tracks or would track; elsewhere those of a walk that
    heeds `.gitignore`. Folders of installed packages are left out, and what `left_out` tells.
    """
    repository = Repository(root)
    try:
        said = repository.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except GitFailed:
        found = scan(root, lambda path: _is_code(str(path)), ignore=ignore)
        return split(file.path for file in found.files)
    listed = {path for path in os.fsdecode(said).split("\0") if path}
    paths = {path for path in listed if _is_code(path) and path.isprintable()}
    return split(paths - left_out(repository, paths, listed, ignore))


def left_out(
    repository: Repository, paths: Collection[str], beside: Iterable[str], ignore: Sequence[str]
) -> set[str]:
    """Which files are not read, of the worktree or of a commit.

    They are those that `.gitattributes` of the worktree calls generated or vendored, those that a
    package manager put into a `vendor` folder, and those that match one of `ignore`, patterns as in
    `.gitignore`. A generated migration is read: nothing else says what the tables are.

    Args:
        repository: Which one.
        paths: The files in question.
        beside: All that stands there, which says what a folder is.
        ignore: The patterns.
    """
    vendored = {
        path.removesuffix(end) for path in beside for end in _VENDORED if path.endswith(end)
    }
    folders = tuple(f"{one}/" for one in vendored if one.rpartition("/")[2] == "vendor")
    installed = {path for path in paths if path.startswith(folders)} if folders else set()
    return installed | _not_ours(repository, paths) | _ignored(paths, ignore)


def split(paths: Iterable[str]) -> SelectedCode:
    """Files of code by whether their language is read."""
    ours: list[str] = []
    others: list[str] = []
    for path in sorted(paths):
        (ours if language_of(path) else others).append(path)
    return SelectedCode(ours, foreign_files(others))


def is_installed(path: str) -> bool:
    """Whether a file is of a package that somebody else wrote."""
    return not _INSTALLED.isdisjoint(path.split("/"))


@lru_cache(maxsize=65_536)  # the same files are asked about again and again
def _is_code(path: str) -> bool:
    return (language_of(path) is not None or is_foreign(path)) and not is_installed(path)


def _not_ours(repository: Repository, paths: Collection[str]) -> set[str]:
    try:
        said = repository.run("check-attr", "--stdin", *_NOT_OURS, told=sorted(paths))
    except GitFailed:
        return set()
    found = set()
    for line in os.fsdecode(said).splitlines():
        at, _, value = line.rpartition(": ")
        path, _, attribute = at.rpartition(": ")
        if value in {"set", "true"} and not (attribute == _GENERATED and is_migration(path)):
            found.add(path)
    return found


def _ignored(paths: Iterable[str], patterns: Sequence[str]) -> set[str]:
    if not patterns:
        return set()
    from pathspec import GitIgnoreSpec

    return set(GitIgnoreSpec.from_lines(patterns, backend="simple").match_files(paths))
