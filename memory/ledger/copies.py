"""Copies of a ledger that lie beside it: derived data, of which a few are kept."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from memory.ledger.sqlite.connection import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from memory.ledger.interface.database import Ledger


if sys.platform != "win32":
    import fcntl


_USERS = "in-use"  # a file in the folder, locked by all who use it


def keep_in_use(folder: Path, until: ExitStack) -> bool:
    """Whether a folder is there; then `remove_unused` leaves it alone as long as the stack lasts.

    It does so for other threads and processes too, and no longer than this process lives.
    """
    lock = folder / _USERS
    try:
        opened = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return False
    until.callback(os.close, opened)
    try:
        if sys.platform != "win32":
            fcntl.flock(opened, fcntl.LOCK_SH)  # waits for who removes it just now
        return os.path.samestat(os.fstat(opened), lock.stat())
    except OSError:
        return False


def remove_unused(folder: Path, on_the_way: Path) -> None:
    """Afterwards a folder is gone, unless it is in use.

    Args:
        folder: Which; all of it goes at once.
        on_the_way: Where it is while it is being removed, in the same file system.
    """
    with suppress(OSError):
        opened = os.open(folder / _USERS, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                folder.rename(on_the_way)
        finally:
            os.close(opened)
        if sys.platform == "win32":
            folder.rename(on_the_way)  # which Windows refuses while a file in it is open
        shutil.rmtree(on_the_way, ignore_errors=True)


MOST_KEPT = 4  # copies; each is as large as the ledger
ABANDONED = 3_600  # seconds after which nobody is still making a copy
_FOLDER = "at"  # within the store
_DRAFT = ".draft-"  # begins the name of one that is being made


@contextmanager
def kept_copy(source: Ledger, name: str, change: Callable[[Ledger], None]) -> Iterator[Path]:
    """The folder of a copy of this name, made and changed first if there is none.

    Any number of processes may ask for the same one, and may be killed at any time: a copy gets
    its name when it is finished. Where the store cannot take it, it lies in a folder that goes
    with the block.

    Args:
        source: What to copy.
        name: Says all that the copy depends on; what stands before the first `-` is its subject,
            of which only the last copy is kept.
        change: What to do to the copy; it is closed afterwards.
    """
    shelf = source.path.parent / _FOLDER
    folder = shelf / name
    with ExitStack() as held:
        if keep_in_use(folder, held):
            with suppress(OSError):
                os.utime(folder)  # it was used last
            yield folder
            return
        draft = _new_draft(shelf)
        if draft is None:
            elsewhere = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="archmem-")))
            _make(source, elsewhere, change)
            yield elsewhere
            return
        try:
            _make(source, draft, change)
            with suppress(OSError):  # another process has made the same one meanwhile
                draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        keep_in_use(folder, held)
        _tidy(shelf, folder)
        yield folder


def discard_copy(source: Ledger, name: str) -> None:
    """Afterwards there is no copy of this name."""
    shutil.rmtree(source.path.parent / _FOLDER / name, ignore_errors=True)


def _new_draft(shelf: Path) -> Path | None:
    """An empty folder on the shelf; None where nothing can be written there."""
    try:
        shelf.mkdir(mode=0o700, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=_DRAFT, dir=shelf))
    except OSError:
        return None


def _make(source: Ledger, folder: Path, change: Callable[[Ledger], None]) -> None:
    source.copy_to(folder / source.path.name)
    # It is made anew when a power cut damages it, so nothing has to wait for the disk.
    copy = open_ledger(folder / source.path.name, durable=False)
    try:
        with copy.reading():
            change(copy)
    finally:
        copy.close()


def _tidy(shelf: Path, latest: Path) -> None:
    """Only the latest copies are left, of each subject one, and those that are open."""
    subject = latest.name.partition("-")[0]
    with suppress(OSError):  # whoever tidies at the same time
        with os.scandir(shelf) as entries:
            there = [(entry.stat().st_mtime, entry.name) for entry in entries]
        drafts = [name for at, name in there if name.startswith(_DRAFT) and _is_abandoned(at)]
        copies = [name for _, name in sorted(there, reverse=True) if not name.startswith(_DRAFT)]
        of_subject = [name for name in copies if name.partition("-")[0] == subject]
        replaced = {name for name in of_subject if name != latest.name}
        surplus = [name for name in copies if name not in replaced][MOST_KEPT:]
        for name in drafts:
            shutil.rmtree(shelf / name, ignore_errors=True)
        for name in (*replaced, *surplus):
            remove_unused(shelf / name, shelf / f"{_DRAFT}gone-{name}")


def _is_abandoned(at: float) -> bool:
    return time.time() - at > ABANDONED
