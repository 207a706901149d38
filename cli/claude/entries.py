"""What archmem adds to Claude Code's files, and by what it knows its own entries again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import JsonValue

SERVER = "archmem"

#: The events at which archmem has something to say, and the seconds it may take each time.
EVENTS = {
    "SessionStart": 15,  # may have to start the engine
    "UserPromptSubmit": 5,  # every prompt waits for it
    "SubagentStart": 10,
    "PreCompact": 10,
    "Stop": 10,
}

_READING = (
    "brief", "check_plan", "search", "get", "timeline", "related", "tried", "baselines", "explain",
    "status",
)  # fmt: skip
#: What may be allowed without asking: the tools that only read.
READING_TOOLS = tuple(f"mcp__{SERVER}__memory_{name}" for name in _READING)

# A command line that begins with our program, as older hooks without `args` have it.
_SHELL_HOOK = re.compile(
    r"""\s*(?:"[^"]*[\\/]archmem(?:\.exe)?"|'[^']*[\\/]archmem(?:\.exe)?'|(?:\S*[\\/])?archmem(?:\.exe)?)"""
    r"\s+hook\s+\w+\s*"
)


def server_entry(program: str) -> dict[str, JsonValue]:
    """The MCP server, as `.mcp.json` names it under `mcpServers`."""
    return {"type": "stdio", "command": program, "args": ["mcp"]}


def hook_entry(program: str, event: str) -> dict[str, JsonValue]:
    """The handler of one event: run as it stands, without a shell."""
    return {
        "type": "command",
        "command": program,
        "args": ["hook", event],
        "timeout": EVENTS[event],
    }


def is_our_server(entry: Any) -> bool:
    """Whether a server is started by a line that archmem may have written."""
    return _is_ours(entry, "mcp")


def is_our_hook(entry: Any) -> bool:
    """Whether a handler of an event is one that archmem may have written."""
    if _is_ours(entry, "hook"):
        return True
    if not isinstance(entry, dict) or "args" in entry:
        return False
    command = entry.get("command")
    return isinstance(command, str) and _SHELL_HOOK.fullmatch(command) is not None


def _is_ours(entry: Any, verb: str) -> bool:
    if not isinstance(entry, dict):
        return False
    command, arguments = entry.get("command"), entry.get("args")
    named = isinstance(command, str) and re.split(r"[\\/]", command)[-1].lower()
    called = isinstance(arguments, list) and arguments[:1] == [verb]
    return named in {"archmem", "archmem.exe"} and called
