"""Which files of a project are its code: what git tracks or would, and nobody generated."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from indexer.code.registry import language_of
from indexer.git.process import GitFailed
from indexer.git.repository import Repository
from indexer.scanner import scan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path, PurePosixPath

#: Code that somebody wrote is shorter; what is longer is data, or was generated.
LARGEST = 1_000_000  # bytes
_INSTALLED = frozenset({"node_modules", ".venv", "venv", "site-packages", ".git", ".archmem"})
_NOT_OURS = ("linguist-generated", "linguist-vendored")


def code_paths(root: Path, ignore: Sequence[str] = ()) -> list[str]:
    """The files of code below a folder, in order, whether they are still there or not.

    In a repository they are those that git tracks or would track; elsewhere those of a walk that
    heeds `.gitignore`. Left out are folders of installed packages, what `.gitattributes` calls
    generated or vendored, and what matches one of `ignore`, patterns as in `.gitignore`.
    """
    repository = Repository(root)
    try:
        said = repository.run("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    except GitFailed:
        return sorted(file.path for file in scan(root, _is_code, ignore=ignore).files)
    listed = {path for path in os.fsdecode(said).split("\0") if path}
    paths = {path for path in listed if language_of(path) and _can_be_kept(path)}
    paths = {path for path in paths if not is_installed(path)}
    if any(path.rpartition("/")[2] == ".gitattributes" for path in listed):
        paths -= _generated(repository, paths)
    return sorted(paths - _ignored(paths, ignore))


def is_installed(path: str) -> bool:
    """Whether a file is of a package that somebody else wrote."""
    return not _INSTALLED.isdisjoint(path.split("/"))


def _is_code(path: PurePosixPath) -> bool:
    return language_of(str(path)) is not None and not is_installed(str(path))


def _can_be_kept(path: str) -> bool:
    return path.isprintable()


def _generated(repository: Repository, paths: Collection[str]) -> set[str]:
    try:
        said = repository.run("check-attr", "--stdin", *_NOT_OURS, told=sorted(paths))
    except GitFailed:
        return set()
    found = set()
    for line in os.fsdecode(said).splitlines():
        path, _, value = line.rpartition(": ")
        if value in {"set", "true"}:
            found.add(path.rpartition(": ")[0])
    return found


def _ignored(paths: Iterable[str], patterns: Sequence[str]) -> set[str]:
    if not patterns:
        return set()
    from pathspec import GitIgnoreSpec

    return set(GitIgnoreSpec.from_lines(patterns).match_files(paths))
