"""Finds a FIFO in the place of what git reads: git would wait until somebody writes into it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from threading import Lock

from indexer.project_root import common_dir, find_project
from memory.errors import ProjectNotFound
from memory.texts.plain_file import read_plain_text

#: What git reads of a repository, and at the root of a worktree, whatever it is asked.
_OF_GIT = (
    *(
        "HEAD",
        "commondir",
        "gitdir",
        "config",
        "config.worktree",
        "index",
        "packed-refs",
        "shallow",
    ),
    *("info/exclude", "info/attributes", "info/grafts", "info/sparse-checkout"),
    "objects/info/alternates",
)
_OF_A_WORKTREE = (".gitignore", ".gitattributes", ".gitmodules", ".mailmap", ".git", ".git/HEAD")
_IN_ANY_FOLDER = frozenset({".gitignore", ".gitattributes"})
_INCLUDED = re.compile(r"(?m)^[ \t]*+path[ \t]*+=[ \t]*+\"?([^\"\n]++)")
_LONGEST = 4_000_000  # bytes of settings
_MOST = 200  # pipes of one project that are kept in mind

_found: dict[Path, tuple[Path, ...]] = {}  # by worktree
_guard = Lock()


def waited_for(folder: Path) -> Path | None:
    """A FIFO in the place of what git reads first, or one that `search_pipes` found before."""
    try:
        worktree, _, git_dir = find_project(folder)
    except ProjectNotFound:
        return None
    files = [worktree / name for name in _OF_A_WORKTREE]
    for one in _git_dirs(worktree, git_dir):
        files += [one / name for name in _OF_GIT]
    with _guard:
        files += _found.get(worktree, ())
    return next(filter(_is_fifo, files), None)


def search_pipes(folder: Path) -> None:
    """Look for FIFOs in all folders and in what settings include; `waited_for` tells of them now.

    That takes long in a large project, so it is for when git has not answered in time.
    """
    try:
        worktree, _, git_dir = find_project(folder)
    except ProjectNotFound:
        return
    files = [one for at in _git_dirs(worktree, git_dir) for one in _included(at / "config")]
    for at, folders, names in os.walk(worktree):
        folders[:] = [name for name in folders if name != ".git"]
        files += [Path(at, name) for name in _IN_ANY_FOLDER.intersection(names)]
    pipes = tuple(filter(_is_fifo, files))[:_MOST]
    with _guard:
        _found[worktree] = pipes


def _git_dirs(worktree: Path, git_dir: Path | None) -> set[Path]:
    return {git_dir, common_dir(git_dir, worktree)} if git_dir else set()


def _included(settings: Path) -> list[Path]:
    """What settings name as a path, from where they lie; more than is included, at worst."""
    try:
        said = read_plain_text(settings, _LONGEST, errors="surrogateescape")
        named = [settings.parent / Path(one).expanduser() for one in _INCLUDED.findall(said)]
        return [Path(os.path.normpath(one)) for one in named]
    except (OSError, ValueError, RuntimeError):  # the last, where nobody has that home
        return []


def _is_fifo(file: Path) -> bool:
    try:
        return stat.S_ISFIFO(file.stat().st_mode)
    except (OSError, ValueError):
        return False
