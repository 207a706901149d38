"""Whose knowledge a file of the memory folder is: an agent's or a module's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

MEMORY_FOLDER = (".claude", "memory")


@dataclass(frozen=True)
class Owner:
    """Whom a file's place names."""

    modules: tuple[str, ...] = ()
    agent: str | None = None


def owner_of(path: str | PurePosixPath) -> Owner:
    """The owner by `agents/NAME/…`, `agents/NAME.md` or `modules/NAME/…` in the memory folder."""
    parts = PurePosixPath(path).parts
    if parts[:2] != MEMORY_FOLDER or len(parts) < 4:
        return Owner()
    name = parts[3] if len(parts) > 4 else PurePosixPath(parts[3]).stem
    if parts[2] == "agents":
        return Owner(agent=agent_name(name))
    return Owner(modules=(name,)) if parts[2] == "modules" else Owner()


def agent_name(name: str) -> str:
    """An agent's name in one spelling: `payments_agent` is `payments-agent`."""
    return name.strip().replace("_", "-")
