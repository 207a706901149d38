"""Writes what Claude Code's plugin, its marketplace and the registry of MCP servers read.

    python packaging/write_plugin.py

Afterwards plugin/, .claude-plugin/marketplace.json and server.json say what the program says: its
version, hooks, coordinator and prompts are written down once, there. Schemas: schemastore.org,
claude-code-plugin-manifest and claude-code-marketplace; static.modelcontextprotocol.io/schemas.
"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))

from cli.agents.claude import DEFINITION, EVENTS  # noqa: E402
from cli.mcp.prompts import recall_before_change, record_what_we_learned  # noqa: E402
from memory.version import VERSION  # noqa: E402

#: What runs archmem where it is not installed.
RUNNER = {"command": "uvx", "args": [f"archmem-core@{VERSION}"]}
FIRST_START = 60  # seconds: uvx may have to install it then
#: To be set by who publishes: the account of GitHub, which the README of the package names too.
REGISTRY = "io.github.archmem/archmem"
OWNER = {"name": "archmem"}  # and who they are
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
    said = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    about = {
        "name": "archmem",
        "version": VERSION,
        "description": said["description"],
        "author": OWNER,
        "license": said["license"],
        "keywords": said["keywords"],
    }
    listed = {"name": "archmem", "source": "./plugin", "description": said["description"]}
    agent = (CHECKOUT / "data" / "claude" / DEFINITION).read_text(encoding="utf-8")
    return {
        ".claude-plugin/marketplace.json": _json(
            {"name": "archmem", "owner": OWNER, "plugins": [listed]}
        ),
        "plugin/.claude-plugin/plugin.json": _json(about),
        "plugin/.mcp.json": _json({"mcpServers": {"archmem": _run("mcp")}}),
        "plugin/hooks/hooks.json": _json({"hooks": {event: _hook(event) for event in EVENTS}}),
        f"plugin/agents/{DEFINITION}": agent.replace(TOOLS, OF_PLUGIN),
        **{f"plugin/skills/{name}/SKILL.md": _skill(name) for name in SKILLS},
        "server.json": _json(_registered(said["description"])),
    }


def _run(*arguments: str) -> dict[str, Any]:
    return RUNNER | {"args": [*RUNNER["args"], *arguments]}


def _hook(event: str) -> list[dict[str, Any]]:
    seconds = FIRST_START if event == "SessionStart" else EVENTS[event]
    return [{"hooks": [{"type": "command", **_run("hook", event), "timeout": seconds}]}]


def _skill(name: str) -> str:
    description, text = SKILLS[name]
    return f"---\nname: {name}\ndescription: {description}\n---\n\n{text}"


def _registered(description: str) -> dict[str, Any]:
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
        "name": REGISTRY,
        "title": "archmem",
        "description": description.partition(":")[0] + ".",  # of 100 characters at most
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
