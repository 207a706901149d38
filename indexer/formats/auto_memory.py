"""What Claude Code notes for itself of a project, outside of it; read where the project says so."""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.formats.document import Problem
from indexer.formats.notes import MemoryPages
from indexer.scanner import SeenFile
from memory.config import SETTINGS_FILE, ensure_private, state_folder
from memory.kinds.vocabulary import Trust
from memory.ledger.adoption import name_of
from memory.texts.plain_file import real_path

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
    if not said:
        return None
    if isinstance(said, str):
        named = Path(said)
        with suppress(RuntimeError):  # of a user that there is not
            named = named.expanduser()
        return main / named
    home = Path(os.environ.get("CLAUDE_CONFIG_DIR") or Path.home() / ".claude")
    return home / "projects" / re.sub(r"[^A-Za-z0-9]", "-", str(main)) / "memory"


def needs_consent(main: Path, said: bool | str) -> Path | None:
    """The folder that settings name, where the user has not agreed to what it leads to.

    Whoever hands on a project could name any folder of the user's. Claude Code's own of the project
    nobody can choose, and what is inside the project came with it.
    """
    folder = auto_memory_folder(main, said)
    if folder is None or isinstance(said, bool):
        return None
    try:
        if real_path(folder).is_relative_to(main.resolve()):
            return None
        return None if _consent(main, folder).exists() else folder
    except (OSError, ValueError):  # no name that a folder can have
        return folder


def agree(main: Path, folder: Path) -> None:
    """Afterwards the folder may be read for the project, as long as both are where they are.

    Raises:
        OSError: that cannot be remembered.
    """
    consent = _consent(main, folder)
    ensure_private(consent.parent)
    consent.write_text(f"{main}\n{folder}\n", encoding="utf-8", errors="surrogateescape")


def _consent(main: Path, folder: Path) -> Path:
    said = hashlib.blake2b(os.fsencode(real_path(folder)), digest_size=16).hexdigest()
    return state_folder() / "folders" / f"{name_of(main)}-{said}"


def auto_memory_files(main: Path, said: bool | str) -> Iterator[SeenFile | Problem]:
    """The pages of that folder, by paths from the home folder if they are below it.

    A link that leads out of it is none of them, unless the folder is Claude Code's own, whose links
    the user made.
    """
    folder = auto_memory_folder(main, said)
    if folder is None:
        return
    if needs_consent(main, said):
        what = "lies outside of the project; `archmem adopt --yes` lets it be read"
        yield Problem(SETTINGS_FILE, f"claude_auto_memory: {folder} {what}")
        return
    if not os.path.isdir(folder):  # noqa: PTH112 - is_dir raises for what no folder can be called
        yield Problem(SETTINGS_FILE, f"claude_auto_memory: {folder} is not there")
        return
    top = real_path(folder)
    for file in sorted(folder.rglob("*.md")):
        if not file.is_file():
            continue
        path, real = str(file), real_path(file)
        if file.is_relative_to(Path.home()):
            path = f"{_HOME}/{file.relative_to(Path.home()).as_posix()}"
        if isinstance(said, str) and not real.is_relative_to(top):
            yield Problem(path, "a link out of its folder, which is not followed")
            continue
        found = file.stat()
        seen = SeenFile(path, found.st_size, found.st_mtime_ns, str(real))
        yield replace(seen, ctime_ns=found.st_ctime_ns)
