"""OpenCode: the MCP server.

https://opencode.ai/docs/mcp-servers; version 2 calls the object of servers `mcp.servers`, and
reads `mcp` too (https://opencode.ai/docs/migrate-v1).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cli.agents.json_settings import follow, with_server, without_server
from cli.agents.jsonc import read
from cli.agents.plan import AgentFile

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cli.agents.agent import InstallRequest


def parts(wanted: InstallRequest) -> dict[str, AgentFile]:
    """What archmem has in which file: the one of the two names that is there."""
    entry: dict[str, JsonValue] = {
        "type": "local",
        "command": [wanted.program, "mcp"],
        "enabled": True,
    }
    usual, other = "opencode.json", "opencode.jsonc"
    is_other = (wanted.root / other).exists() and not (wanted.root / usual).exists()
    part = AgentFile(
        "the MCP server",
        lambda text: with_server(text, _servers(text), entry),
        lambda text: without_server(text, _servers(text)),
    )
    return {other if is_other else usual: part}


def _servers(text: str | None) -> tuple[str, ...]:
    """Where a file has its servers."""
    document = read(text)
    way = None if document is None else follow(document, "mcp", "servers")
    # A server of version 1 may be called so: it says of what type it is.
    is_second = way is not None and isinstance(way[-1].value, dict) and "type" not in way[-1].value
    return ("mcp", "servers") if is_second else ("mcp",)


def user_folder() -> Path:
    """Of what holds for all projects."""
    base = Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser()
    return base / "opencode"
