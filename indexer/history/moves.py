"""What a commit moved: files, told folder by folder."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.history.paths import is_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from indexer.history.log import Change


class FolderMove(NamedTuple):
    """Files that went from one folder to another, or got other names within one."""

    origin: str  # a folder, or a file if it is one only; from the project's root
    destination: str
    files: int


def folder_moves(changes: Iterable[Change]) -> list[FolderMove]:
    """The moves of a commit, those of most files first, ties by name.

    What moved with a folder is told as the folder's move: `api/a/x.py` to `web/a/x.py` is
    `api` to `web`, with everything else that went from one to the other.
    """
    grouped: dict[tuple[str, str], list[Change]] = defaultdict(list)
    for change in changes:
        if change.letter == "R":
            grouped[_ends(change)].append(change)
    moves = []
    for (origin, destination), files in grouped.items():
        if len(files) == 1 or origin == destination:
            moves += [FolderMove(file.origin, file.path, 1) for file in files]
        else:
            moves.append(FolderMove(origin or ".", destination or ".", len(files)))
    return sorted(moves, key=lambda move: (-move.files, move.origin, move.destination))


def moved_code(changes: Iterable[Change]) -> list[Change]:
    """The renames of code, those of files that kept their folder among them."""
    return [
        one for one in changes if one.letter == "R" and is_code(one.origin) and is_code(one.path)
    ]


def changed_folder(change: Change) -> bool:
    """Whether a rename took a file elsewhere, and not only to the next version's folder."""
    origin, destination = posixpath.dirname(change.origin), posixpath.dirname(change.path)
    return origin != destination


def _ends(change: Change) -> tuple[str, str]:
    """The outermost folders whose names differ, where what is below them stayed the same."""
    origin, destination = (
        posixpath.dirname(path).split("/") for path in (change.origin, change.path)
    )
    if posixpath.basename(change.origin) != posixpath.basename(change.path):
        return "/".join(origin), "/".join(destination)
    while len(origin) > 1 and len(destination) > 1 and origin[-1] == destination[-1]:
        del origin[-1], destination[-1]
    return "/".join(origin), "/".join(destination)
