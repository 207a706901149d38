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
#: Where git keeps names of commits and objects.
_IN_ALL_OF = ("refs", "logs", "info", "objects")
#: A setting that names a file: what is included, or `core.attributesFile` and its like.
_NAMED = re.compile(
    r"^[ \t]*+(?:\[[^\]\n]*+\][ \t]*+)?+(?:path|[a-z]{0,20}file)[ \t]*+=[ \t]*+\"?([^\"\n;#]++)",
    re.MULTILINE | re.IGNORECASE,
)
_LONGEST = 4_000_000  # bytes of settings
_MOST = 200  # settings that are read, and pipes of one project that are kept in mind

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
    """Look for FIFOs in all folders and in what settings name; `waited_for` tells of them now.

    That takes long in a large project, so it is for when git has not answered in time.
    """
    try:
        worktree, _, git_dir = find_project(folder)
    except ProjectNotFound:
        return
    files: list[Path] = []
    for own in _git_dirs(worktree, git_dir):
        for settings in ("config", "config.worktree"):
            files += _named_in(own / settings, worktree)
        for name in _IN_ALL_OF:
            files += [Path(at, one) for at, _, names in os.walk(own / name) for one in names]
    for at, folders, names in os.walk(worktree):
        folders[:] = [name for name in folders if name != ".git"]
        files += [Path(at, name) for name in _IN_ANY_FOLDER.intersection(names)]
    pipes = tuple(filter(_is_fifo, files))[:_MOST]
    with _guard:
        _found[worktree] = pipes


def _git_dirs(worktree: Path, git_dir: Path | None) -> set[Path]:
    return {git_dir, common_dir(git_dir, worktree)} if git_dir else set()


def _named_in(settings: Path, worktree: Path) -> list[Path]:
    """What settings name as files, from where they lie or the worktree, and what these name."""
    found = {settings: None}
    for one in (queue := [settings]):
        try:
            said = read_plain_text(one, _LONGEST, errors="surrogateescape")
            named = [Path(name.strip()).expanduser() for name in _NAMED.findall(said)]
        except (OSError, ValueError, RuntimeError):  # the last, where nobody has that home
            continue
        files = [
            Path(os.path.normpath(at / name)) for name in named for at in (one.parent, worktree)
        ]
        new = [file for file in dict.fromkeys(files) if file not in found]
        found |= dict.fromkeys(new)
        queue += new[: _MOST - len(queue)] if len(queue) < _MOST else []
    return list(found)


def _is_fifo(file: Path) -> bool:
    try:
        return stat.S_ISFIFO(file.stat().st_mode)
    except (OSError, ValueError):
        return False
