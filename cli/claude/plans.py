"""Which files installing and uninstalling change, worked out before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cli.claude import agent_file
from cli.claude.agent_file import with_agent, without_agent
from cli.claude.merging import (
    with_hooks,
    with_permissions,
    with_server,
    without_hooks,
    without_permissions,
    without_server,
)
from cli.claude.project_files import read_project_file
from cli.claude.strict_json import LeftAlone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Edit = Callable[[str | None], str | None]

SERVERS = ".mcp.json"
SETTINGS = ".claude/settings.json"
AGENT = f".claude/agents/{agent_file.NAME}"

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
