"""What stands at the paths of a repository now, and what its history did to them."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.log import CommitLog
from indexer.git.process import GitFailed
from indexer.git.repository import Node, Repository, Uncommitted, can_be_named
from indexer.source_paths import module_of, names_by_fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

_CLEAN = Uncommitted(frozenset(), frozenset(), {})
_MOST_STEPS = 50  # renames one after another that are followed


class WorkingTree:
    """The files and folders of the commit that is checked out, and of the worktree."""

    def __init__(self, git: Repository, head: str) -> None:
        """Look at them.

        Raises:
            GitFailed: there is no such commit.
        """
        self._git = git
        tree = git.tree(head)
        self.files = {entry.path: entry.blob for entry in tree if can_be_named(entry.path)}
        self._folders = {folder for path in self.files for folder in _above(path)}
        try:
            self.changes, self.has_worktree = git.uncommitted(), True
        except GitFailed:  # a bare repository
            self.changes, self.has_worktree = _CLEAN, False
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self.files:
            self._by_name[posixpath.basename(path)].append(path)

    def committed(self, path: str) -> Node | None:
        """What stands there in the commit."""
        if path in self.files:
            return Node(self.files[path])
        return Node("", is_folder=True) if path in self._folders else None

    def node(self, path: str) -> Node | None:
        """What stands there in the worktree; None for nothing."""
        there = self.committed(path)
        if there is None:
            return self._unknown_to_git(path)
        if path in self.changes.deleted or path in self.changes.renamed:
            return None
        if path in self.changes.changed:
            blob = self._git.blob_on_disk(path, there.id)
            return Node(blob) if blob else there
        return there

    def is_there(self, path: str) -> bool:
        """Whether anything stands there."""
        return self.node(path) is not None

    def is_folder(self, path: str) -> bool:
        """Whether a folder does."""
        node = self.node(path)
        return node is not None and node.is_folder

    def ending_like(self, path: str) -> list[str]:
        """The files whose paths end with this one, or else the folders."""
        files = ending_like(path, self._by_name.get(posixpath.basename(path), ()))
        return files or ending_like(path, self._folders)

    def _unknown_to_git(self, path: str) -> Node | None:
        if not self.has_worktree:
            return None
        place = self._git.root / path
        try:
            if place.is_dir():
                return Node("", is_folder=True)
            return Node("") if place.is_file() else None
        except OSError:
            return None


class PathEvent(NamedTuple):
    """What a commit did to a path."""

    position: int  # of the commit: 0 is the latest
    commit: str
    at: datetime | None
    letter: str  # A, M, T: it is there afterwards; D, R: it is not
    destination: str = ""  # of a rename

    @property
    def words(self) -> str:
        """The commit with its day."""
        return f"{self.commit[:7]} on {self.at:%Y-%m-%d}" if self.at else self.commit[:7]


class PathHistory:
    """The events of each path, from the commit that is checked out back to the oldest wanted."""

    def __init__(self, positions: dict[str, int], events: dict[str, list[PathEvent]]) -> None:
        self.positions = positions  # of commits, by hash
        self._events = events

    @property
    def paths(self) -> Iterator[str]:
        """Every path to which something happened."""
        return iter(self._events)

    def since(self, path: str, commit: str) -> list[PathEvent]:
        """What happened to a path after a commit, the latest first; all, if that is unknown."""
        limit = self.positions.get(commit)
        events = self._events.get(path, [])
        return [event for event in events if limit is None or event.position < limit]

    def ended(self) -> list[tuple[str, PathEvent]]:
        """The paths that are gone or renamed, each with the event that did it, the latest first."""
        found = [
            (path, event)
            for path, events in self._events.items()
            for event in events[:1]
            if event.letter in "DR"
        ]
        return sorted(found, key=lambda one: (one[1].position, one[0]))

    def followed(self, path: str, is_there: Callable[[str], bool]) -> tuple[str, PathEvent | None]:
        """Where a path went from rename to rename, and the last event that tells of it.

        Returns:
            A path that is there, or "" if it went nowhere.
        """
        seen = {path}
        event = last = self._end_of(path)
        while event is not None and event.letter == "R" and len(seen) < _MOST_STEPS:
            path, last = event.destination, event
            if is_there(path):
                return path, event
            event = self._end_of(path) if path not in seen else None
            seen.add(path)
        return "", event or last

    def folder_followed(
        self, folder: str, is_folder: Callable[[str], bool]
    ) -> tuple[str, PathEvent | None]:
        """Where most of the files of a folder went together, and the last event that tells it.

        Where they went on from there, together again, that is where they are.

        Returns:
            A folder that is there, or "" if there is none.
        """
        seen: set[str] = set()
        last = None
        while folder and folder not in seen and len(seen) < _MOST_STEPS:
            seen.add(folder)
            folder, event = self._folder_moved(folder)
            last = event or last
            if folder and is_folder(folder):
                return folder, last
        return "", last

    def _folder_moved(self, folder: str) -> tuple[str, PathEvent | None]:
        """The folder to which most files of another one were renamed, and the last such event."""
        ended = [
            (path, events[0])
            for path, events in self._events.items()
            if path.startswith(f"{folder}/") and events[0].letter in "DR"
        ]
        moved = Counter(
            destination
            for path, event in ended
            if (destination := _moved_folder(folder, path, event.destination))
        )
        latest = min((event for _, event in ended), default=None, key=lambda one: one.position)
        if moved:
            destination, count = min(moved.items(), key=lambda one: (-one[1], one[0]))
            if 2 * count >= len(ended):
                return destination, latest
        return "", latest

    def _end_of(self, path: str) -> PathEvent | None:
        """How a path that is not there came to its end; None where no commit tells."""
        return next((one for one in self._events.get(path, ()) if one.letter in "DR"), None)


def read_path_history(git: Repository, wanted: Collection[str]) -> PathHistory:
    """The history back to these commits, as far as they lead to the one that is checked out.

    Raises:
        GitFailed: there is no commit.
    """
    missing = set(wanted)
    positions: dict[str, int] = {}
    events: dict[str, list[PathEvent]] = defaultdict(list)
    if missing:
        for position, commit in enumerate(CommitLog(git, ["--topo-order", git.head()])):
            positions[commit.hash] = position
            missing.discard(commit.hash)
            if not missing:  # what it did was done when the memory was written
                break
            seen = (position, commit.hash, commit.at)
            for change in commit.changes:
                if change.letter == "R":
                    events[change.origin].append(PathEvent(*seen, "R", change.path))
                    events[change.path].append(PathEvent(*seen, "A"))
                else:
                    events[change.path].append(PathEvent(*seen, change.letter))
    return PathHistory(positions, dict(events))


def departed(root: Path, paths: Collection[str], modules: Collection[str]) -> frozenset[str]:
    """Those of these that some commit before HEAD had, and that are not there now.

    What was never there is not gone; neither is anything where git cannot say.
    """
    git = Repository(root)
    inside = (path for path in paths if not path.startswith("/") and ".." not in path.split("/"))
    missing = [path for path in inside if not (root / path).exists()]
    try:
        gone = [path for path in missing if git.has_history(path)]
        return frozenset([*gone, *(name for name in modules if _has_lost_module(git, name))])
    except GitFailed:
        return frozenset()


def ending_like(path: str, among: Iterable[str]) -> list[str]:
    """Those of some paths that end with this one, part by part."""
    return sorted(one for one in among if one == path or one.endswith(f"/{path}"))


def _above(path: str) -> Iterable[str]:
    while path := posixpath.dirname(path):
        yield path


def _moved_folder(folder: str, path: str, destination: str) -> str:
    rest = path.removeprefix(folder)
    return destination.removesuffix(rest) if destination.endswith(rest) else ""


def _has_lost_module(git: Repository, name: str) -> bool:
    where = [f":(icase,glob){form}" for form in (f"**/{name}/**", f"**/{name}.*")]
    known = names_by_fold([name])

    def has_code(files: Iterable[str]) -> bool:
        return any(module_of(path, known) == name for path in files)

    return not has_code(git.files_like(*where)) and has_code(git.removed_files_like(*where))
