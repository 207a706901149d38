"""Other memories for agents, as far as they can be asked what archmem is: by command, MCP, hook.

Each is installed in a virtual environment of its own and runs offline, with a home of its own:

    python3.12 -m venv /tmp/peers/basic-memory
    /tmp/peers/basic-memory/bin/pip install basic-memory==0.23.0
    python3.12 -m venv /tmp/peers/aelfrice
    /tmp/peers/aelfrice/bin/pip install aelfrice==5.2.0

Both search by words here: aelfrice always does, and basic-memory fetches its model from a hub.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.installed import Installed


class Peer(NamedTuple):
    """A peer that has read a project."""

    name: str
    installed: Installed
    options: Mapping[str, object]  # of each of its processes
    search: Callable[[str], Sequence[str]]  # arguments that search for a question
    mcp: tuple[str, ...] = ()  # arguments that serve
    tool: str = ""  # that searches, and takes a `query`
    hook: str = ""  # the program beside it that answers a prompt


def prepare_peer(program: Path, project: Path, home: Path) -> Peer:
    """A peer, by its program; afterwards it has read the project."""
    home.mkdir(parents=True)
    environment = os.environ | {"HOME": str(home)}
    return _PEERS[program.name](Installed(program), project, environment)


def _basic_memory(installed: Installed, project: Path, environment: dict[str, str]) -> Peer:
    environment |= {
        "BASIC_MEMORY_HOME": str(project),
        "BASIC_MEMORY_SEMANTIC_SEARCH_ENABLED": "false",
        "BASIC_MEMORY_AUTO_UPDATE": "false",
    }
    named = ("--project", "sample")
    options = {"env": environment, "cwd": project}
    installed.run("project", "add", "sample", project, **options)
    installed.run("reindex", "--search", *named, **options)
    return Peer(
        "basic-memory",
        installed,
        options,
        search=lambda question: ("tool", "search-notes", question, *named),
        mcp=("mcp", *named),
        tool="search_notes",
    )


def _aelfrice(installed: Installed, project: Path, environment: dict[str, str]) -> Peer:
    options = {"env": environment, "cwd": project}
    installed.run("onboard", project, **options)
    return Peer(
        "aelfrice",
        installed,
        options,
        search=lambda question: ("search", question),
        hook="aelf-hook",
    )


_PEERS = {"basic-memory": _basic_memory, "aelf": _aelfrice}
