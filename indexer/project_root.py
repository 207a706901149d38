"""Which project a folder belongs to, read from git's files without running git.

`GIT_DIR` and its like are not heeded: a folder belongs to the same project whoever asks.
The layout of these files is in gitrepository-layout(5).
"""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import NamedTuple

from memory.errors import ProjectNotFound, ProjectUnreadable
from memory.texts.plain_file import read_plain_text, real_path

_CORE_WORKTREE = re.compile(
    r"^\[core\][^\[]*?^[ \t]*+worktree[ \t]*+=[ \t]*+\"?([^\"\n]+?)\"?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SECTION = re.compile(r"\s*\[(\w+)")
_ADDRESS = re.compile(
    r"\s*url\s*=\s*\"?(?:[a-z+]{2,10}://[^/\s]+/|[^/\s:@]+@[^/\s:]+:)(?P<path>[^\s\"]+)"
)
_WORKTREE = re.compile(r"(?:^|[\s\]])worktree[ \t]*+=", re.IGNORECASE)
_LONGEST = 4_000_000  # bytes of settings


class ProjectRoots(NamedTuple):
    """Where a project lies."""

    worktree: Path  # the checkout that was asked about
    main: Path  # the main worktree, the same for all of its worktrees
    git_dir: Path | None  # this worktree's own git directory; None outside git


def find_project(start: Path) -> ProjectRoots:
    """The project that a folder is in.

    Inside git that is the innermost repository; a submodule is one of its own. Where a
    bare repository has only linked worktrees, `main` is the folder whose `.git` file
    names it, or else the bare repository itself. Outside git it is the nearest folder
    with an `.archmem` or `.claude` in it, or else `start`.

    Raises:
        ProjectNotFound: `start` is not a folder.
    """
    if not _is_folder(start):
        raise ProjectNotFound(start)
    start = start.resolve()
    for folder in (start, *start.parents):
        git_dir = _git_dir_of(folder)
        if git_dir is not None:
            common = common_dir(git_dir, folder)
            main = folder if common == git_dir else _main_worktree(common)
            return ProjectRoots(folder, main, git_dir)
    for folder in (start, *start.parents):
        if _holds_memory(folder):
            return ProjectRoots(folder, folder, None)
    return ProjectRoots(start, start, None)


def root_identity(root: Path) -> tuple[int, int]:
    """What tells a project's root from any other folder put in its place: device and inode.

    Raises:
        ProjectNotFound: `root` is not a folder.
        ProjectUnreadable: It cannot be told what `root` is.
    """
    try:
        found = root.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise ProjectNotFound(root) from error
    except OSError as error:
        raise ProjectUnreadable(root, str(error.strerror)) from error
    if not stat.S_ISDIR(found.st_mode):
        raise ProjectNotFound(root)
    return found.st_dev, found.st_ino


def other_worktrees(roots: ProjectRoots) -> list[Path]:
    """The other checkouts of the same repository that are there, in the order of their paths.

    One that the repository names and that does not name it is none: it may be anybody's folder.
    """
    if roots.git_dir is None:
        return []
    common = common_dir(roots.git_dir, roots.worktree)
    linked = set()
    for link in common.glob("worktrees/*/gitdir"):
        folder = real_path((link.parent / (_first_line(link) or ".")).parent)
        if _git_dir_of(folder) == link.parent.resolve():
            linked.add(folder)
    return sorted({one for one in (roots.main, *linked) if _is_folder(one)} - {roots.worktree})


def _git_dir_of(folder: Path) -> Path | None:
    """The git directory that a folder's `.git` is or names, if it is one."""
    dot_git = folder / ".git"
    named = _first_line(dot_git)
    if named is not None and named.startswith("gitdir:"):
        dot_git = folder / named.removeprefix("gitdir:").strip()
    return dot_git.resolve() if _first_line(dot_git / "HEAD") is not None else None


def common_dir(git_dir: Path, worktree: Path) -> Path:
    """The repository of a worktree's directory, which lies in it and names the worktree.

    Any other directory, and any other folder, names one at will. Where it names what is gone, the
    worktree was moved: git works there, and notes the new place within a day.
    """
    common = real_path(git_dir / (_first_line(git_dir / "commondir") or "."))
    named = git_dir / (_first_line(git_dir / "gitdir") or ".")
    is_known = git_dir.parent == common / "worktrees" and _is_or_was(named, worktree / ".git")
    return common if is_known else git_dir


def _is_or_was(named: Path, file: Path) -> bool:
    try:
        return named.samefile(file)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False


def worktree_to_name(folder: Path) -> Path | None:
    """The worktree that git is to be told, where settings of the repository may name another one.

    As those of an archive may, to have files elsewhere told for the project's.
    """
    try:
        worktree, _, git_dir = find_project(folder)
    except ProjectNotFound:
        return None
    files = [git_dir / name for name in ("config", "config.worktree")] if git_dir else []
    return worktree if any(map(_may_name_worktree, files)) else None


def _may_name_worktree(settings: Path) -> bool:
    """Git reads such settings from no other file; what we cannot read, it may."""
    said = _text(settings)
    return settings.exists() if said is None else bool(_WORKTREE.search(said))


def remote_names(roots: ProjectRoots) -> set[str]:
    """What a project's repository is called at its remotes, in small letters.

    A remote that is a folder here says nothing: it may be called anything.
    """
    if roots.git_dir is None:
        return set()
    names, section = set(), ""
    for line in (_text(common_dir(roots.git_dir, roots.worktree) / "config") or "").split("\n"):
        begun = _SECTION.match(line)
        section = begun[1] if begun else section
        if section == "remote" and (address := _ADDRESS.match(line)):
            path = address["path"].rstrip("/").removesuffix(".git")
            names.add(path.rpartition("/")[2].casefold())
    return names - {""}


def _main_worktree(common: Path) -> Path:
    configured = _CORE_WORKTREE.search(_text(common / "config") or "")
    if configured and _git_dir_of(common / configured[1]) == common:
        return (common / configured[1]).resolve()
    if common.name == ".git" or _git_dir_of(common.parent) == common:
        return common.parent
    return common


def _holds_memory(folder: Path) -> bool:
    """Whether a folder looks like a project's root, without git.

    `.claude` in the home folder holds a person's settings and says nothing of a project.
    """
    if _is_folder(folder / ".archmem"):
        return True
    return _is_folder(folder / ".claude") and folder != _home()


def _home() -> Path | None:
    try:
        return Path.home().resolve()
    except RuntimeError:  # nobody's: no HOME and no entry for the user
        return None


def _first_line(file: Path) -> str | None:
    text = _text(file)
    return None if text is None else text.partition("\n")[0].strip()


def _text(file: Path) -> str | None:
    """What a small file of git's holds; None if it is no file or cannot be read."""
    try:
        return read_plain_text(file, _LONGEST, errors="surrogateescape")
    except (OSError, ValueError):
        return None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
