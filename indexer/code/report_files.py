"""The files of a project that other tools wrote: which there are, and when each was written."""

from __future__ import annotations

import stat
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from pathlib import Path

LARGEST = 50_000_000  # bytes


def folders(root: Path) -> list[Path]:
    """Where tools are told to put them: the root, and the folders in it that are not hidden."""
    return [root, *(one for one in inside(root) if one.name[0] != "." and one.is_dir())]


def inside(folder: Path) -> list[Path]:
    """What is in a folder; nothing where that may not be looked at."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def newest(paths: Iterable[Path]) -> list[tuple[Path, os.stat_result]]:
    """Those that are files, the newest first, and what is known of them before one is opened.

    What was opened may be another one by then: its size and its kind `read_plain` looks at again.
    """
    found = []
    for path in paths:
        try:
            seen = path.stat()
        except (OSError, ValueError):
            continue
        if stat.S_ISREG(seen.st_mode):
            found.append((path, seen))
    return sorted(found, key=lambda one: (-one[1].st_mtime_ns, str(one[0])))


def day_of(seconds: float) -> str:
    """The day of a moment, or that it is unknown: a file may be of one that no calendar has."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "unknown day"


def written_after(moment: float, root: Path, files: Iterable[str]) -> frozenset[str]:
    """Those of the files, by paths from the root, that were written to since then."""
    found = set()
    for file in files:
        with suppress(OSError):
            if (root / file).stat().st_mtime > moment:
                found.add(file)
    return frozenset(found)
