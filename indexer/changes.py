"""Which files have to be read again, worked out from a walk and from what is known of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from memory.models.file import NOTED, READ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from indexer.scanner import Scan, SeenFile
    from memory.models.file import KnownFile

#: Two writes closer together than this can leave the same mtime: 2 s on FAT, one tick of
#: the kernel's clock (up to 10 ms) on ext4.
MTIME_GRAIN_NS = 2_000_000_000


@dataclass(frozen=True)
class Changes:
    """What an index run has to do; a path is in at most one of the three."""

    to_read: tuple[SeenFile, ...]  # by path
    unchanged: tuple[SeenFile, ...]  # by path
    gone: tuple[str, ...]  # by path


def plan_changes(scan: Scan, known: Mapping[str, KnownFile]) -> Changes:
    """Sort a project's files into those to read, those to leave alone and those gone.

    Every file seen is read unless it is certain to be as it was. A known file is gone only
    if the walk could see its place and did not find it there. A file that is read and has
    the hash it had before did not change after all.

    Args:
        scan: What a walk through the project found.
        known: What is remembered of the same worktree's files, by path.
    """
    to_read: list[SeenFile] = []
    unchanged: list[SeenFile] = []
    for seen in scan.files:
        certain = seen.path in known and _is_unchanged(seen, known[seen.path])
        (unchanged if certain else to_read).append(seen)
    missing = known.keys() - {seen.path for seen in scan.files}
    gone = sorted(path for path in missing if scan.sees(path))
    return Changes(tuple(to_read), tuple(unchanged), tuple(gone))


def _is_unchanged(seen: SeenFile, known: KnownFile) -> bool:
    return (
        known.state in (READ, NOTED)
        and (seen.size, seen.mtime_ns) == (known.size, known.mtime_ns)
        and not _is_racily_clean(known)
    )


def _is_racily_clean(known: KnownFile) -> bool:
    """Whether a write after the last reading could have left size and mtime as they were.

    So it is called in git's Documentation/technical/racy-git.txt. Only a file written just
    before it was read, or dated in the future, is concerned.
    """
    return known.mtime_ns + MTIME_GRAIN_NS >= known.read_at_ns
