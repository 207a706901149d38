"""Writes what Claude Code's plugin, its marketplace and the registry of MCP servers read.

    python packaging/write_plugin.py

Afterwards plugin/, .claude-plugin/marketplace.json and server.json say what the program says: its
version, hooks, coordinator and prompts are written down once, there, and who publishes it in
pyproject.toml (`project_home`). Schemas: schemastore.org,
claude-code-plugin-manifest and claude-code-marketplace; static.modelcontextprotocol.io/schemas.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(CHECKOUT), str(CHECKOUT / "packaging")]

import project_home  # noqa: E402

from cli.agents.claude import DEFINITION, EVENTS  # noqa: E402
from cli.mcp.prompts import recall_before_change, record_what_we_learned  # noqa: E402
from memory.version import VERSION  # noqa: E402

#: What runs archmem where it is not installed.
RUNNER = {"command": "uvx", "args": [f"archmem-core@{VERSION}"]}
FIRST_START = 60  # seconds: uvx may have to install it then
#: As Claude Code calls the tools of a server that a plugin brings.
TOOLS, OF_PLUGIN = "mcp__archmem__", "mcp__plugin_archmem_archmem__"
SKILLS = {
    "before-a-change": (
        "Recalls what the architectural memory knows before a change of several modules, a schema, "
        "an API, a migration or infrastructure is planned. Not for a fix in a single file.",
        recall_before_change("$ARGUMENTS"),
    ),
    "after-a-change": (
        "Records what a change taught, be it a decision, an effect, a measurement or a lesson. Use "
        "it when a change of several modules is done, failed or was given up.",
        record_what_we_learned("$ARGUMENTS"),
    ),
}


def files() -> dict[str, str]:
    """Every file by its path in the checkout."""
    said = project_home.project()
    home, owner = project_home.repository(said), project_home.owner(said)
    about = {
        "name": "archmem",
        "version": VERSION,
        "description": said["description"],
        "author": owner,
        **({"repository": home} if home else {}),
        "license": said["license"],
        "keywords": said["keywords"],
    }
    listed = {"name": "archmem", "source": "./plugin", "description": said["description"]}
    market = {
        "name": "archmem",
        "description": "archmem, from its own repository.",
        "owner": owner,
        "plugins": [listed],
    }
    agent = (CHECKOUT / "data" / "claude" / DEFINITION).read_text(encoding="utf-8")
    return {
        ".claude-plugin/marketplace.json": _json(market),
        "plugin/.claude-plugin/plugin.json": _json(about),
        "plugin/.mcp.json": _json({"mcpServers": {"archmem": _run("mcp")}}),
        "plugin/hooks/hooks.json": _json({"hooks": {event: _hook(event) for event in EVENTS}}),
        f"plugin/agents/{DEFINITION}": agent.replace(TOOLS, OF_PLUGIN),
        **{f"plugin/skills/{name}/SKILL.md": _skill(name) for name in SKILLS},
        "server.json": _json(_registered(said)),
    }


def _run(*arguments: str) -> dict[str, Any]:
    return RUNNER | {"args": [*RUNNER["args"], *arguments]}


def _hook(event: str) -> list[dict[str, Any]]:
    seconds = FIRST_START if event == "SessionStart" else EVENTS[event]
    return [{"hooks": [{"type": "command", **_run("hook", event), "timeout": seconds}]}]


def _skill(name: str) -> str:
    description, text = SKILLS[name]
    return f"---\nname: {name}\ndescription: {description}\n---\n\n{text}"


def _registered(said: dict[str, Any]) -> dict[str, Any]:
    home = project_home.repository(said)
    package = {
        "registryType": "pypi",
        "identifier": "archmem-core",
        "version": VERSION,
        "runtimeHint": "uvx",
        "transport": {"type": "stdio"},
        "packageArguments": [{"type": "positional", "value": "mcp"}],
    }
    return {
        "$schema": "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json",
        "name": project_home.registry_name(said),
        "title": "archmem",
        "description": said["description"].partition(":")[0] + ".",  # of 100 characters at most
        **({"repository": {"url": home, "source": "github"}} if home else {}),
        "version": VERSION,
        "packages": [package],
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for path, text in files().items():
        file = CHECKOUT / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
