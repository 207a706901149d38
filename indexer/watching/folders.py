"""Which wanted files changed, going by notices from folders or by looking again and again."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from indexer.scanner import scan
from indexer.watching.batches import Cause
from memory.config import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from indexer.scanner import Scan, SeenFile
    from indexer.watching.batches import Tuning
    from indexer.watching.notices import Notice, Notifier

_IGNORE_FILES = frozenset({".gitignore", ".archmemignore"})
_NOTHING: frozenset[str] = frozenset()


class WatchedFolders:
    """The folders that a walk through the project enters, each of them watched.

    Which these are, only `scan` knows: it is asked to walk, and each folder is watched just
    before it is listed. So what appears in a new folder is either listed or told of.

    A folder that links lead to has several names. Which of them a file goes by takes a walk to
    tell, so what happens there means that everything is to be looked at.
    """

    def __init__(
        self, root: Path, accepts: Callable[[PurePosixPath], bool], ignore: Sequence[str]
    ) -> None:
        self._root = root
        self._accepts = accepts
        self._scan = partial(scan, root, accepts, ignore=ignore)
        self._names: dict[str, set[str]] = {}  # of each watched folder, by its real path
        self._below: defaultdict[str, set[str]] = defaultdict(set)  # watched folders by parent
        self._aliases: set[str] = set()  # names of folders by way of links
        self._targets: set[str] = set()  # real paths of files that are wanted under another name
        self._holding: set[str] = set()  # folders in which wanted files were seen

    def __len__(self) -> int:
        return len(self._names)

    def watch_all(self, notifier: Notifier) -> Scan:
        """Afterwards exactly those folders are watched that a walk enters now.

        Raises:
            ProjectNotFound, ProjectUnreadable: The root is gone, or was replaced meanwhile.
            CannotNotify: Not all of them can be watched.
        """
        before = set(self._names)
        self._names.clear()
        self._below.clear()
        self._aliases.clear()
        seen = self._watch(notifier, None)
        self._targets = {file.target for file in seen.files if file.target is not None}
        self._holding.clear()
        self._note_holding(file.path for file in seen.files)
        for folder in before - self._names.keys():
            notifier.forget(folder)
        return seen

    def heed(self, notice: Notice, notifier: Notifier) -> Collection[str] | Cause:
        """What a notice means: these paths are to be looked at, or everything is.

        New folders are watched afterwards, with all below them, and their files are among the
        paths; folders that are gone are not.

        Raises:
            ProjectNotFound, ProjectUnreadable, CannotNotify: as `watch_all`.
        """
        names = self._names.get(notice.folder)
        if names is None:
            return _NOTHING
        path = _joined(notice.folder, notice.name)
        if cause := _general_cause(path, notice):
            return cause
        if notice.is_folder or (notice.is_gone and path in self._names):
            return self._heed_folder(path, notice, notifier)
        possible = (_joined(name, notice.name) for name in names)
        wanted = {one for one in possible if self._accepts(PurePosixPath(one))}
        if self._is_linked(path) or (wanted and path not in wanted):
            return Cause.LAYOUT
        self._note_holding(wanted)
        return wanted & {path}

    def not_ignored(self, paths: Collection[str]) -> frozenset[str]:
        """Of these paths those that a walk would find, and those that are gone.

        Raises:
            ProjectNotFound, ProjectUnreadable: as `watch_all`.
        """
        seen = self._scan(only=paths)
        found = {file.path for file in seen.files}
        return frozenset(
            path
            for path in paths
            if path in found or not seen.sees(path) or not (self._root / path).is_file()
        )

    def _heed_folder(
        self, path: str, notice: Notice, notifier: Notifier
    ) -> Collection[str] | Cause:
        gone = self._forget(path, notifier)
        if isinstance(gone, Cause) or notice.is_gone:
            return gone
        if self._names[notice.folder] != {notice.folder}:
            return Cause.LAYOUT
        seen = self._watch(notifier, [path])
        found = {file.path for file in seen.files}
        if seen.only is None:  # there is a link in it
            return Cause.LAYOUT
        self._note_holding(found)
        return found.union(gone)

    def _watch(self, notifier: Notifier, only: Collection[str] | None) -> Scan:
        def on_folder(name: str, folder: str) -> None:
            if folder not in self._names:
                self._names[folder] = set()
                self._below[_parent(folder)].add(folder)
                notifier.watch(folder)
            self._names[folder].add(name)
            if name != folder:
                self._aliases.add(name)

        return self._scan(only=only, on_folder=on_folder)

    def _forget(self, path: str, notifier: Notifier) -> Collection[str] | Cause:
        """Watch a folder no longer, nor any below it; what that means."""
        folders = list(self._with_all_below(path))
        held, linked = False, False
        for folder in folders:
            linked |= self._names.pop(folder, {folder}) != {folder}
            held |= folder in self._holding
            self._below.pop(folder, None)
            self._holding.discard(folder)
            notifier.forget(folder)
        self._below.get(_parent(path), set()).discard(path)
        if linked:
            return Cause.LAYOUT
        return {path} if held else _NOTHING

    def _with_all_below(self, folder: str) -> Iterator[str]:
        waiting = [folder]
        while waiting:
            folder = waiting.pop()
            yield folder
            waiting += self._below.get(folder, ())

    def _note_holding(self, files: Iterable[str]) -> None:
        self._holding.update(_parent(file) for file in files)

    def _is_linked(self, path: str) -> bool:
        """Whether a path is a link or was one, or a wanted file goes by another name than it."""
        return path in self._aliases or path in self._targets or (self._root / path).is_symlink()


class Poller:
    """Looks at all wanted files again and again, as often as its share of a core allows."""

    def __init__(
        self,
        root: Path,
        accepts: Callable[[PurePosixPath], bool],
        ignore: Sequence[str],
        tuning: Tuning,
    ) -> None:
        self._settings_file = root / SETTINGS_FILE
        self._scan = partial(scan, root, accepts, ignore=ignore)
        self._tuning = tuning
        self._files: dict[str, SeenFile] = {}
        self._settings: tuple[int, int] | None = None
        self.next_at = 0.0  # when to look again, by time.monotonic()

    def look(self) -> Collection[str] | Cause:
        """The paths that are not as they were, or that everything is to be looked at.

        Raises:
            ProjectNotFound, ProjectUnreadable: The root is gone, or was replaced meanwhile.
        """
        began = time.thread_time()
        self.next_at = time.monotonic() + self._tuning.poll_every
        before, settings = self._files, self._settings
        self._files = {file.path: file for file in self._scan().files}
        self._settings = self._look_at_settings()
        took = time.thread_time() - began
        self.next_at = max(self.next_at, time.monotonic() + took / self._tuning.share)
        if self._settings != settings:
            return Cause.SETTINGS
        paths = before.keys() | self._files.keys()
        return {path for path in paths if before.get(path) != self._files.get(path)}

    def _look_at_settings(self) -> tuple[int, int] | None:
        try:
            found = self._settings_file.stat()
        except OSError:
            return None
        return found.st_size, found.st_mtime_ns


def _general_cause(path: str, notice: Notice) -> Cause | None:
    if notice.name in _IGNORE_FILES:
        return Cause.IGNORE_FILE
    if notice.name == ".git" and notice.folder:
        return Cause.LAYOUT
    return Cause.SETTINGS if path == SETTINGS_FILE else None


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
