"""The coding agents that archmem can be installed for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cli.agents.plan import AgentFile


class InstallRequest(NamedTuple):
    """What is to be installed."""

    program: str  # how archmem is started
    for_user: bool  # in all projects of the user, or in one
    root: Path  # of the project, or the folder of the user's own files
    allow_reading: bool = False  # tools that only read need not be asked for


class Agent(NamedTuple):
    """An agent's program. Its module here has `parts`, and `user_folder` if that is not `~`."""

    name: str  # "Claude Code"
    has: str  # what archmem has in its files, for people
    files: str  # of a project, for people
    module: str
    afterwards: tuple[str, ...] = ()  # what to do then

    def parts(self, wanted: InstallRequest) -> dict[str, AgentFile]:
        """What archmem has in which file, by path below `wanted.root`."""
        parts: dict[str, AgentFile] = import_module(self.module).parts(wanted)
        return parts

    def user_folder(self) -> Path:
        """Where its files lie that hold for all projects."""
        folder: Path = getattr(import_module(self.module), "user_folder", Path.home)()
        return folder


#: By the word of the command line.
AGENTS = {
    "claude": Agent(
        "Claude Code",
        "the MCP server, five hooks, and an agent that coordinates backend changes",
        ".mcp.json, .claude/settings.json and .claude/agents",
        "cli.agents.claude",
        (
            "Start Claude Code anew in this project; it asks once whether the server may run.",
            "Run `archmem watch --on` to keep the memory up to date.",
        ),
    ),
    "codex": Agent(
        "Codex",
        "the MCP server and five hooks",
        ".codex/config.toml and .codex/hooks.json",
        "cli.agents.codex",
        ("Start Codex anew, and trust the hooks that `/hooks` shows.",),
    ),
    "cursor": Agent("Cursor", "the MCP server", ".cursor/mcp.json", "cli.agents.cursor"),
    "vscode": Agent("VS Code", "the MCP server", ".vscode/mcp.json", "cli.agents.vscode"),
    "gemini": Agent("Gemini CLI", "the MCP server", ".gemini/settings.json", "cli.agents.gemini"),
    "opencode": Agent("OpenCode", "the MCP server", "opencode.json", "cli.agents.opencode"),
}
