"""What the operating system tells of changes, by way of watchdog.

On Linux one inotify instance watches each wanted folder by itself. watchdog's own observer
offers two other ways, and neither will do: a recursive watch walks into `node_modules` and
`target` before an event can be left out, and may use up what `fs.inotify.max_user_watches`
lets a user have; a watch for each folder starts a thread for each. Both also hold back the
first half of a move for half a second, and neither says that events were lost. So this speaks
to watchdog's `InotifyFD`, which is below them: one thread, a watch where we ask for one, and a
word when the queue overflows. watchfiles watches whole trees only, and its Rust half passes over
the event by which its own library tells of an overflow, so it cannot take the place of this.

On macOS and Windows the system watches a whole tree at once, at no cost for its size, and
events of unwanted places are left out afterwards.
"""

from __future__ import annotations

import errno
import itertools
import os
import sys
import threading
import time
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple, Protocol

from watchdog.events import FileSystemEventHandler

if sys.platform == "linux":
    from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyFD, Mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from watchdog.events import FileSystemEvent
    from watchdog.observers.inotify_c import InotifyEvent, WatchDescriptor

_LIMITS = {
    errno.ENOSPC: ("max_user_watches", 1_048_576),
    errno.EMFILE: ("max_user_instances", 1024),
}


class Notice(NamedTuple):
    """Something happened to an entry of a watched folder."""

    folder: str  # relative to the root, forward slashes; empty for the root itself
    name: str
    is_folder: bool
    is_gone: bool  # removed, or moved away
    at: float  # by time.monotonic()


class Notifier(Protocol):
    """Tells of changes until it is closed."""

    def watch(self, folder: str) -> None:
        """Tell of what happens in a folder from now on; what vanished is passed over.

        Raises:
            CannotNotify: The system lets no more folders be watched.
        """
        ...

    def forget(self, folder: str) -> None:
        """Tell no more of a folder."""
        ...

    def close(self) -> None:
        """Tell nothing more; no thread is left."""
        ...


class CannotNotify(Exception):
    """The system does not tell of changes; the message says what can be done."""

    def __init__(self, error: OSError) -> None:
        said = f"The system cannot tell of changes ({error.strerror or error})."
        if error.errno in _LIMITS:
            name, more = _LIMITS[error.errno]
            said = (
                f"The system's limit fs.inotify.{name}{_value_of(name)} is reached, so changes "
                f"are noticed later. To raise it: sudo sysctl fs.inotify.{name}={more}"
            )
        super().__init__(said)


def _value_of(name: str) -> str:
    try:
        return f" ({int(Path('/proc/sys/fs/inotify', name).read_text('ascii')):,})"
    except (OSError, ValueError):
        return ""


def open_notifier(root: Path, on_notice: Callable[[Notice | None], None]) -> Notifier:
    """What tells of changes on this system.

    `on_notice` is called on a thread of its own, and with None when some were lost. It must return
    soon and raise nothing.

    Raises:
        CannotNotify: Nothing does.
    """
    try:
        if sys.platform == "linux":
            return FolderNotifier(root, on_notice)
        if sys.platform in ("darwin", "win32"):
            return TreeNotifier(root, on_notice)
    except OSError as error:
        raise CannotNotify(error) from error
    raise CannotNotify(OSError(errno.ENOSYS, os.strerror(errno.ENOSYS)))


class FolderNotifier:
    """Tells of each folder that it is asked to watch (Linux)."""

    def __init__(self, root: Path, on_notice: Callable[[Notice | None], None]) -> None:
        self._root = os.fsencode(root.resolve())
        self._on_notice = on_notice
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._watches: dict[str, tuple[WatchDescriptor, CallbackId]] = {}  # by folder
        self._folders: dict[WatchDescriptor, str] = {}
        # A file is news when whoever wrote it is done. What keeps a file open, or changes it
        # without opening it, is found by the next look at everything.
        self._mask = Mask(
            InotifyConstants.IN_CREATE
            | InotifyConstants.IN_CLOSE_WRITE
            | InotifyConstants.IN_DELETE
            | InotifyConstants.IN_MOVE
            | InotifyConstants.IN_ONLYDIR
            | InotifyConstants.IN_DONT_FOLLOW
            | InotifyConstants.IN_EXCL_UNLINK
        )
        self._inotify = InotifyFD()
        self._inotify.start()

    def watch(self, folder: str) -> None:
        """Tell of what happens in a folder from now on; what vanished is passed over.

        A folder that is watched already goes on being watched without a gap, and one that was
        put in its place is watched instead of it.
        """
        # A new id each time: the kernel has one watch for a folder, and it stays while any of
        # the callbacks on it does.
        id_ = CallbackId(next(self._ids))
        path = os.path.join(self._root, os.fsencode(folder)) if folder else self._root  # noqa: PTH118
        try:
            watch = self._inotify.add_callback(path, self._mask, self, id_)
        except OSError as error:
            if error.errno in _LIMITS or error.errno == errno.ENOMEM:
                raise CannotNotify(error) from error
            self.forget(folder)
            return
        if watch < 0:  # so it says that this folder is not readable
            self._inotify.remove_callbacks([(watch, id_)])
            self.forget(folder)
            return
        with self._lock:
            before = self._watches.get(folder)
            self._watches[folder] = (watch, id_)
            self._folders[watch] = folder
        if before is not None:
            self._drop(folder, *before)

    def forget(self, folder: str) -> None:
        """Tell no more of a folder."""
        with self._lock:
            before = self._watches.pop(folder, None)
        if before is not None:
            self._drop(folder, *before)

    def close(self) -> None:
        """Tell nothing more; no thread is left."""
        self._inotify.stop()
        self._inotify.join()

    def _drop(self, folder: str, watch: WatchDescriptor, id_: CallbackId) -> None:
        with self._lock:
            now = self._watches.get(folder, (None, None))[0]
            if self._folders.get(watch) == folder and now != watch:
                del self._folders[watch]  # else what was moved is watched under its new name
        self._inotify.remove_callbacks([(watch, id_)])

    # What InotifyFD calls, on its thread:

    def on_event(self, event: InotifyEvent) -> None:
        """Hand on what happened in a folder."""
        folder = self._folders.get(event.wd)
        if folder is not None and event.name:
            is_gone = event.is_delete or event.is_moved_from
            name = os.fsdecode(event.name)
            is_folder = event.is_directory
            self._on_notice(Notice(folder, name, is_folder, is_gone, time.monotonic()))

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:
        """Note that the folder is gone, and its watch with it."""
        with self._lock:
            folder = self._folders.pop(wd, None)
            if folder is not None and self._watches.get(folder, (None, None))[0] == wd:
                del self._watches[folder]

    def on_queue_overflow(self) -> None:
        """Say that something was missed."""
        self._on_notice(None)


class TreeNotifier(FileSystemEventHandler):
    """Tells of everything below the root (macOS, Windows)."""

    def __init__(self, root: Path, on_notice: Callable[[Notice | None], None]) -> None:
        from watchdog.observers import Observer

        self._root = root.resolve()
        self._on_notice = on_notice
        self._observer = Observer()
        self._observer.schedule(self, self._root, recursive=True)
        self._observer.start()

    def watch(self, folder: str) -> None:
        """Nothing to do: the whole tree is watched."""

    def forget(self, folder: str) -> None:
        """Nothing to do: whoever asked leaves out what is told of the folder."""

    def close(self) -> None:
        """Tell nothing more; no thread is left."""
        self._observer.stop()
        self._observer.join()

    def dispatch(self, event: FileSystemEvent) -> None:
        """Hand on what happened; a save by rename arrives as a move to the file's name."""
        # A folder that changed is no news: what changed in it is told of by itself.
        handed_on = _OF_ENTRIES if event.is_directory else _OF_ENTRIES | {"modified", "closed"}
        if event.event_type in handed_on:
            is_gone = event.event_type in ("deleted", "moved")
            self._hand_on(event.src_path, event, is_gone=is_gone)
            if event.event_type == "moved":
                self._hand_on(event.dest_path, event, is_gone=False)

    def _hand_on(self, path: bytes | str, event: FileSystemEvent, *, is_gone: bool) -> None:
        try:
            place = PurePath(os.fsdecode(path)).relative_to(self._root)
        except ValueError:
            return
        if place.name:
            folder = "" if place.parent == PurePath() else place.parent.as_posix()
            now = time.monotonic()
            self._on_notice(Notice(folder, place.name, event.is_directory, is_gone, now))


_OF_ENTRIES = frozenset({"created", "deleted", "moved"})
