"""Who records, when nobody says so."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from indexer.git.process import GitFailed, GitProcess

if TYPE_CHECKING:
    from pathlib import Path


def default_author(project: Path) -> str:
    """A human, by the name that git knows in this project, or else by login."""
    return f"human:{_git_user(project) or _login()}"


def _git_user(project: Path) -> str:
    try:
        return GitProcess(project).ask("config", "user.name", seconds=5).strip()
    except GitFailed:  # no git here, or one that waits for something
        return ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container may run as a user without a name
        return "unknown"
