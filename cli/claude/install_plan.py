"""Which files installing and uninstalling change: worked out first, then written."""

from __future__ import annotations

import contextlib
import os
import shutil
import sysconfig
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.claude.json_places import LeftAlone
from cli.claude.settings_files import (
    with_hooks,
    with_permissions,
    with_server,
    without_hooks,
    without_permissions,
    without_server,
)
from indexer.formats.agent_definitions import is_as_shipped, is_marked, marked
from indexer.writers.atomic_file import write_file
from memory.errors import FileChangedMeanwhile, FileNotWritable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Edit = Callable[[str | None], str | None]


PROGRAM = "archmem"


class Program(NamedTuple):
    """A command, and what is to be known of it."""

    command: str
    caution: str = ""


def find_program() -> Program:
    """The plain name where it can be found, so that the files suit every machine of a team.

    Where it cannot, the path of the program that is running.
    """
    found = shutil.which(PROGRAM)
    if found is None:
        scripts = sysconfig.get_path("scripts")
        installed = shutil.which(PROGRAM, path=scripts)
        if installed is None:
            caution = f"{PROGRAM} is not on PATH: Claude Code will not find it there."
            return Program(PROGRAM, caution)
        return Program(
            installed,
            f"{PROGRAM} is not on PATH, so its path on this machine was taken; "
            "others who share these files have to install it themselves.",
        )
    environment = os.environ.get("VIRTUAL_ENV")
    if environment and Path(found).is_relative_to(environment):
        return Program(
            PROGRAM,
            f"{PROGRAM} is on PATH in the environment {environment} only: "
            "Claude Code has to be started there.",
        )
    return Program(PROGRAM)


DEFINITION = "coordinator-backend.md"


def with_agent(text: str | None) -> str:
    """The definition that ships with archmem, in place of none or of an earlier one.

    Args:
        text: The file as it is; None where there is none.

    Raises:
        LeftAlone: Somebody else wrote it, or somebody edited it.
    """
    if text is None:
        return _shipped()
    _ensure_untouched(text, "move it away to get the one that ships with archmem")
    shipped = _shipped()
    return shipped.replace("\n", "\r\n") if "\r\n" in text else shipped


def without_agent(text: str | None) -> str | None:
    """No definition in place of archmem's as it was written; somebody else's stays.

    Raises:
        LeftAlone: Somebody edited archmem's.
    """
    if text is None or not is_marked(text):
        return text
    _ensure_untouched(text, "delete it if nobody needs it")
    return None


def _ensure_untouched(text: str, hint: str) -> None:
    if not is_marked(text):
        raise LeftAlone(f"archmem did not write it; {hint}")
    if not is_as_shipped(text):
        raise LeftAlone(f"it was edited; {hint}")


def _shipped() -> str:
    return marked(_template())


def _template() -> str:
    from memory.config import data_folder

    return (data_folder() / "claude" / DEFINITION).read_text(encoding="utf-8")


SERVERS = ".mcp.json"
SETTINGS = ".claude/settings.json"
AGENT = f".claude/agents/{DEFINITION}"

#: What archmem has in each file.
PARTS = {AGENT: "the agent", SERVERS: "the MCP server", SETTINGS: "the hooks"}


@dataclass(frozen=True)
class FileChange:
    """One file as it is and as it is to be; None where there is no file."""

    path: str  # relative to the project, forward slashes
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Plan:
    """What is to be changed, and what cannot be."""

    changes: tuple[FileChange, ...]  # the longest first, so that none hides another from view
    left_alone: Mapping[str, str]  # path -> why

    @property
    def missed(self) -> dict[str, str]:
        """The files that cannot take their part, and why: an agent may well be the user's own."""
        return {path: reason for path, reason in self.left_alone.items() if path != AGENT}


def plan_install(root: Path, program: str, *, allow_reading: bool = False) -> Plan:
    """What puts archmem into Claude Code's files of a project.

    Args:
        root: The project.
        program: How archmem is started.
        allow_reading: Also let Claude use the tools that only read without asking.
    """

    def with_settings(text: str | None) -> str | None:
        text = with_hooks(text, program)
        return with_permissions(text) if allow_reading else text

    return _plan(
        root,
        {
            AGENT: with_agent,
            SERVERS: lambda text: with_server(text, program),
            SETTINGS: with_settings,
        },
    )


def plan_uninstall(root: Path) -> Plan:
    """What takes archmem out of Claude Code's files of a project again."""
    return _plan(
        root,
        {
            AGENT: without_agent,
            SERVERS: without_server,
            SETTINGS: lambda text: without_permissions(without_hooks(text)),
        },
    )


def _plan(root: Path, edits: Mapping[str, Edit]) -> Plan:
    changes: list[FileChange] = []
    left_alone: dict[str, str] = {}
    for path, edit in edits.items():
        try:
            before = read_project_file(root, path)
            after = edit(before)
        except LeftAlone as reason:
            left_alone[path] = str(reason)
            continue
        if after != before:
            changes.append(FileChange(path, before, after))
    return Plan(tuple(changes), left_alone)


def read_project_file(root: Path, path: str) -> str | None:
    """The text of a file, line ends as they are; None if there is no file.

    Raises:
        LeftAlone: It lies outside of the project, is no file, or cannot be read as UTF-8.
    """
    file = root / path
    if not file.resolve().is_relative_to(root.resolve()):
        raise LeftAlone("it is a link to something outside of the project")
    try:
        if file.exists() and not file.is_file():
            raise LeftAlone("it is not a file")
        return file.read_bytes().decode()
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise LeftAlone("a file stands where its folder should be") from None
    except UnicodeDecodeError as error:
        raise LeftAlone(f"byte {error.start} is not UTF-8") from None
    except OSError as error:
        raise LeftAlone(f"it cannot be read: {error.strerror}") from None


def carry_out(root: Path, change: FileChange) -> None:
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


def _replace(text: str | None, change: FileChange) -> str:
    if text != change.before or change.after is None:
        raise FileChangedMeanwhile(change.path)
    return change.after


def _delete(root: Path, change: FileChange) -> None:
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
