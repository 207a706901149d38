"""What the history of a repository did to its paths, latest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.git.log import Log

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from indexer.git.repository import Repository

MOST_STEPS = 50  # renames one after another that are followed


class Event(NamedTuple):
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


class Story:
    """The events of each path, from the commit that is checked out back to the oldest wanted."""

    def __init__(self, positions: dict[str, int], events: dict[str, list[Event]]) -> None:
        self.positions = positions  # of commits, by hash
        self._events = events

    @property
    def paths(self) -> Iterator[str]:
        """Every path to which something happened."""
        return iter(self._events)

    def since(self, path: str, commit: str) -> list[Event]:
        """What happened to a path after a commit, the latest first; all, if that is unknown."""
        limit = self.positions.get(commit)
        events = self._events.get(path, [])
        return [event for event in events if limit is None or event.position < limit]

    def end_of(self, path: str) -> Event | None:
        """How a path that is not there came to its end; None where no commit tells."""
        return next((one for one in self._events.get(path, ()) if one.letter in "DR"), None)

    def followed(self, path: str, is_there: Callable[[str], bool]) -> tuple[str, Event | None]:
        """Where a path went from rename to rename, and the last event that tells of it.

        Returns:
            A path that is there, or "" if it went nowhere.
        """
        seen = {path}
        event = last = self.end_of(path)
        while event is not None and event.letter == "R" and len(seen) < MOST_STEPS:
            path, last = event.destination, event
            if is_there(path):
                return path, event
            event = self.end_of(path) if path not in seen else None
            seen.add(path)
        return "", event or last

    def folder_followed(
        self, folder: str, is_folder: Callable[[str], bool]
    ) -> tuple[str, Event | None]:
        """Where most of the files of a folder went together, and the last event that tells it."""
        inside = f"{folder}/"
        ended = [
            (path, events[0])
            for path, events in self._events.items()
            if path.startswith(inside) and events[0].letter in "DR"
        ]
        moved = Counter(
            destination
            for path, event in ended
            if (destination := _moved_folder(folder, path, event.destination))
        )
        latest = min((event for _, event in ended), default=None, key=lambda one: one.position)
        if moved:
            destination, count = min(moved.items(), key=lambda one: (-one[1], one[0]))
            if 2 * count >= len(ended) and is_folder(destination):
                return destination, latest
        return "", latest


def read_story(git: Repository, wanted: Collection[str]) -> Story:
    """The history back to these commits, as far as they lead to the one that is checked out.

    Raises:
        GitFailed: there is no commit.
    """
    missing = set(wanted)
    positions: dict[str, int] = {}
    events: dict[str, list[Event]] = defaultdict(list)
    if missing:
        for position, commit in enumerate(Log(git, ["--topo-order", git.head()])):
            positions[commit.hash] = position
            missing.discard(commit.hash)
            if not missing:  # what it did was done when the memory was written
                break
            for change in commit.changes:
                seen = (position, commit.hash, commit.at)
                if change.letter == "R":
                    events[change.origin].append(Event(*seen, "R", change.path))
                    events[change.path].append(Event(*seen, "A"))
                else:
                    events[change.path].append(Event(*seen, change.letter))
    return Story(positions, dict(events))


def _moved_folder(folder: str, path: str, destination: str) -> str:
    """Where a file of a folder took the folder to, if it kept its place in it."""
    rest = path.removeprefix(folder)
    return destination.removesuffix(rest) if destination.endswith(rest) else ""
