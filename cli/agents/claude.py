"""Claude Code: the MCP server, hooks, an agent that coordinates, and tools that need no asking.

https://code.claude.com/docs: settings, hooks, MCP, subagents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.agents.json_places import LeftAlone
from cli.agents.json_settings import (
    SERVER,
    follow,
    server_part,
    with_hooks,
    without,
    without_hooks,
)
from cli.agents.jsonc import put_item, read
from cli.agents.plan import AgentFile
from indexer.formats.agent_definitions import is_as_shipped, is_marked, marked

if TYPE_CHECKING:
    from pydantic import JsonValue

    from cli.agents.agent import InstallRequest
    from cli.agents.json_settings import Way
    from indexer.markup.json_text import JsonText

SERVERS = ".mcp.json"
USER_SERVERS = ".claude.json"
SETTINGS = ".claude/settings.json"
DEFINITION = "coordinator-backend.md"
AGENT = f".claude/agents/{DEFINITION}"

#: The events at which archmem has something to say, and the seconds it may take each time.
EVENTS = {
    "SessionStart": 15,  # may have to start the engine
    "UserPromptSubmit": 5,  # every prompt waits for it
    "SubagentStart": 10,
    "PreCompact": 10,
    "Stop": 10,
}

_READING = (
    "brief", "code", "search", "get", "timeline", "related", "tried", "baselines",
    "explain", "status",
)  # fmt: skip
#: What may be allowed without asking: the tools that only read.
READING_TOOLS = tuple(f"mcp__{SERVER}__memory_{name}" for name in _READING)


def parts(wanted: InstallRequest) -> dict[str, AgentFile]:
    """What archmem has in which file."""
    hooks = {event: hook_entry(wanted.program, event) for event in EVENTS}

    def with_settings(text: str | None) -> str | None:
        text = with_hooks(text, hooks)
        return with_permissions(text) if wanted.allow_reading else text

    return {
        AGENT: AgentFile("the agent", with_agent, without_agent, is_whole_file=True),
        USER_SERVERS if wanted.for_user else SERVERS: server_part(
            ("mcpServers",), server_entry(wanted.program)
        ),
        SETTINGS: AgentFile(
            "the hooks", with_settings, lambda text: without_permissions(without_hooks(text))
        ),
    }


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


def with_permissions(text: str | None) -> str | None:
    """The text of `settings.json` in which our tools that only read need not be asked for.

    Raises:
        LeftAlone: The text cannot be edited, or something else stands where rules should.
    """
    for rule in READING_TOOLS:
        document = read(text)
        way = None if document is None else follow(document, "permissions", "allow")
        rules = way[-1].value if way else []
        if not isinstance(rules, list) or rule not in rules:
            text = put_item(text, ("permissions", "allow"), rule)
    return text


def without_permissions(text: str | None) -> str | None:
    """The text of `settings.json` without rules for our tools; None if there was nothing else.

    Raises:
        LeftAlone: The text cannot be edited.
    """
    return without(text, _our_permission)


def _our_permission(document: JsonText) -> Way | None:
    way = follow(document, "permissions", "allow")
    if way is None or not isinstance(way[-1].value, list):
        return None
    rules = document.members(way[-1])
    return next(((*way, rule) for rule in rules if rule.value in READING_TOOLS), None)
