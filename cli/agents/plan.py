"""Which files installing and uninstalling change: worked out first, then written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from cli.agents.json_places import LeftAlone
from indexer.writers.atomic_file import write_file
from memory.errors import FileChangedMeanwhile, FileNotWritable
from memory.texts.plain_file import real_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Edit: TypeAlias = Callable[[str | None], str | None]
"""Makes the text that is to be of the one that is; None is no file. It may raise `LeftAlone`."""

MOST_BYTES = 4_000_000  # of a file that is edited


@dataclass(frozen=True)
class FileEdit:
    """One file as it is and as it is to be; None where there is no file."""

    path: str  # relative to the project, forward slashes
    before: str | None
    after: str | None


@dataclass(frozen=True)
class AgentFile:
    """What archmem has in one file of an agent, and how it gets in and out."""

    what: str  # "the MCP server"
    put: Edit  # brings it up to date too
    take: Edit
    is_whole_file: bool = False  # that the user may have written too: then it is nobody's fault


@dataclass(frozen=True)
class InstallPlan:
    """What is to be changed, and what cannot be."""

    parts: Mapping[str, AgentFile]  # by path
    changes: tuple[FileEdit, ...]  # in the order of the parts
    left_alone: Mapping[str, str]  # path -> why

    @property
    def missed(self) -> dict[str, str]:
        """The files that cannot take their part, and why: a whole file may be the user's own."""
        return {
            path: reason
            for path, reason in self.left_alone.items()
            if not self.parts[path].is_whole_file
        }


def plan_install(root: Path, parts: Mapping[str, AgentFile]) -> InstallPlan:
    """What puts archmem into an agent's files.

    Args:
        root: The project, or the folder of the user's own files.
        parts: By path below it.
    """
    return _plan(root, parts, {path: part.put for path, part in parts.items()})


def plan_uninstall(root: Path, parts: Mapping[str, AgentFile]) -> InstallPlan:
    """What takes archmem out of them again.

    A file that cannot be read and does not name it has nothing of it.
    """
    return _plan(root, parts, {path: _taking(part) for path, part in parts.items()})


def _taking(part: AgentFile) -> Edit:
    def take(text: str | None) -> str | None:
        try:
            return part.take(text)
        except LeftAlone:
            if "archmem" in (text or ""):
                raise
            return text

    return take


def _plan(root: Path, parts: Mapping[str, AgentFile], edits: Mapping[str, Edit]) -> InstallPlan:
    changes: list[FileEdit] = []
    left_alone: dict[str, str] = {}
    for path, edit in edits.items():
        try:
            before = read_project_file(root, path)
            after = edit(before)
        except LeftAlone as reason:
            left_alone[path] = str(reason)
            continue
        if after != before:
            changes.append(FileEdit(path, before, after))
    return InstallPlan(parts, tuple(changes), left_alone)


def read_project_file(root: Path, path: str) -> str | None:
    """The text of a file, line ends as they are; None if there is no file.

    Raises:
        LeftAlone: It lies outside of the root, is no file, is longer than any that somebody wrote,
            or cannot be read as UTF-8.
    """
    file = root / path
    if not real_path(file).is_relative_to(root.resolve()):
        raise LeftAlone("it is a link to something outside of it")
    try:
        if file.exists() and not file.is_file():
            raise LeftAlone("it is not a file")
        if file.exists() and (size := file.stat().st_size) > MOST_BYTES:
            raise LeftAlone(f"it has {size:,} bytes; nobody reads so many")
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise LeftAlone("a file stands where its folder should be") from None
    except UnicodeDecodeError as error:
        raise LeftAlone(f"byte {error.start} is not UTF-8") from None
    except OSError as error:
        raise LeftAlone(f"it cannot be read: {error.strerror}") from None


def carry_out(root: Path, change: FileEdit) -> None:
    """Afterwards the file is as planned: the whole of it, with its mode, or nothing of it.

    Raises:
        LeftAlone: It is not what it was when the change was planned, or cannot be written.
    """
    try:
        if change.after is None:
            _delete(root, change)
        else:
            write_file(root, change.path, lambda text: _replace(text, change))
    except FileChangedMeanwhile:
        raise LeftAlone("it changed meanwhile; run the command again") from None
    except FileNotWritable as error:
        raise LeftAlone(error.reason) from None
    except OSError as error:
        raise LeftAlone(f"it cannot be written: {error.strerror}") from None


def _replace(text: str | None, change: FileEdit) -> str:
    if text != change.before or change.after is None:
        raise FileChangedMeanwhile(change.path)
    return change.after


def _delete(root: Path, change: FileEdit) -> None:
    """Delete a file, and the folders in which it was the last."""
    file = root / change.path
    if file.is_symlink():
        raise FileNotWritable(change.path, "it is a link, and nothing is left behind it")
    if read_project_file(root, change.path) != change.before:
        raise FileChangedMeanwhile(change.path)
    file.unlink()
    for folder in file.parents:
        if folder == root:
            break
        with contextlib.suppress(OSError):
            folder.rmdir()
