"""Codex: the MCP server in its configuration, and hooks of the same events as Claude Code's.

https://developers.openai.com/codex: config, mcp, hooks. Codex asks once whether hooks may run, and
reads a project's own files where it trusts the project.
"""

from __future__ import annotations

import os
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from cli.agents.claude import EVENTS
from cli.agents.json_settings import SERVER, with_hooks, without_hooks
from cli.agents.plan import AgentFile
from cli.agents.toml_table import with_table, without_table

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cli.agents.agent import InstallRequest

TABLE = ("mcp_servers", SERVER)


def parts(wanted: InstallRequest) -> dict[str, AgentFile]:
    """What archmem has in which file."""
    folder = "" if wanted.for_user else ".codex/"
    program = _quoted(wanted.program)
    hooks: dict[str, dict[str, JsonValue]] = {
        event: {"type": "command", "command": f"{program} hook {event}", "timeout": seconds}
        for event, seconds in EVENTS.items()
    }
    server = {"command": wanted.program, "args": ["mcp"]}
    return {
        f"{folder}config.toml": AgentFile(
            "the MCP server",
            lambda text: with_table(text, TABLE, server),
            lambda text: without_table(text, TABLE),
        ),
        f"{folder}hooks.json": AgentFile(
            "the hooks", lambda text: with_hooks(text, hooks), without_hooks
        ),
    }


def _quoted(program: str) -> str:
    """For the shell that runs its hooks."""
    if os.name != "nt":
        return quote(program)
    return f'"{program}"' if " " in program else program


def user_folder() -> Path:
    """Of what holds for all projects."""
    return Path(os.environ.get("CODEX_HOME") or "~/.codex").expanduser()
