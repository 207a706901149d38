"""What Claude Code notes for itself of a project, outside of it; read where the project says so."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.formats.document import Problem
from indexer.formats.notes import MemoryPages
from indexer.scanner import SeenFile
from memory.config import SETTINGS_FILE
from memory.kinds.vocabulary import Trust

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import PurePosixPath

_HOME = "~"


class AutoMemory(MemoryPages):
    """Notes by section, or by line of an index, which an agent wrote for itself."""

    name = "auto-memory"
    trust = Trust.AGENT
    order = 0
    endings = frozenset({".md"})

    def accepts(self, path: PurePosixPath) -> bool:
        """Whether the file lies outside the project, where only `auto_memory_files` looks."""
        return path.suffix.lower() == ".md" and path.parts[0] in (_HOME, "/")


def auto_memory_folder(main: Path, said: bool | str) -> Path | None:
    """Where Claude Code keeps its memory of a project, by what `claude_auto_memory` says.

    That is a folder named after the path of the main worktree, which all its worktrees share.
    """
    if isinstance(said, str):
        return Path(said).expanduser()
    if not said:
        return None
    home = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude")
    return home / "projects" / re.sub(r"[^A-Za-z0-9]", "-", str(main)) / "memory"


def auto_memory_files(folder: Path | None) -> Iterator[SeenFile | Problem]:
    """The pages of that folder, by paths from the home folder if they are below it."""
    if folder is None:
        return
    if not folder.is_dir():
        yield Problem(SETTINGS_FILE, f"claude_auto_memory: {folder} is not there")
        return
    for file in sorted(folder.rglob("*.md")):
        if file.is_file():
            found = file.stat()
            path = str(file)
            if file.is_relative_to(Path.home()):
                path = f"{_HOME}/{file.relative_to(Path.home()).as_posix()}"
            seen = SeenFile(path, found.st_size, found.st_mtime_ns, str(file.resolve()))
            yield replace(seen, ctime_ns=found.st_ctime_ns)
