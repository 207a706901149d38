"""VS Code, for Copilot's agent: the MCP server.

https://code.visualstudio.com/docs/copilot/reference/mcp-configuration
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.agents.json_settings import server_part

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cli.agents.agent import InstallRequest
    from cli.agents.plan import AgentFile


def parts(wanted: InstallRequest) -> dict[str, AgentFile]:
    """What archmem has in which file."""
    entry: dict[str, JsonValue] = {
        "type": "stdio",
        "command": wanted.program,
        "args": ["--project", "${workspaceFolder}", "mcp"],
    }
    file = "mcp.json" if wanted.for_user else ".vscode/mcp.json"
    return {file: server_part(("servers",), entry)}


def user_folder() -> Path:
    """Of the user's default profile, as VS Code has it on each system."""
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or "~/AppData/Roaming")
    elif sys.platform == "darwin":
        base = Path("~/Library/Application Support")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config")
    return base.expanduser() / "Code" / "User"
