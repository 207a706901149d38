"""Writing a file of the project: all of it or nothing, and never over somebody's change."""

from __future__ import annotations

import contextlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.writers.drafts import make_draft, sweep
from indexer.writers.exchange import put_in_place, put_new
from memory.errors import ArchMemError, FileChangedMeanwhile, FileNotWritable
from memory.texts.plain_file import NoPlainFile, read_with_stat, real_path

if TYPE_CHECKING:
    from collections.abc import Callable

#: For a file that did not exist; the umask takes its share.
_NEW_FILE_MODE = 0o666
_CLOSED = frozenset({".git", ".archmem"})
_LARGEST = 1 << 28  # bytes of a file that is written anew


@dataclass(frozen=True)
class _State:
    """A file as it was found; equal as long as nobody has touched it."""

    data: bytes | None = None  # None where there is no file
    mode: int = 0
    stamp: tuple[int, int, int] = (0, 0, 0)  # inode, size, nanoseconds of the last change


def write_file(root: Path, path: str, change: Callable[[str | None], str]) -> str:
    """Change one file of a project, so that a reader sees the old text or the new one.

    The new text is written beside the file, forced to disk and put in its place; the mode is
    kept, missing folders are made, and a text that stays the same is not written.

    `change` gives the new text for the old one, or for None where there is no file.

    Returns:
        What the file holds now.

    Raises:
        FileNotWritable: It lies outside of the root, is no file, or is not UTF-8.
        FileChangedMeanwhile: Somebody changed it since it was read; it was left alone.
        OSError: The disk refused.
    """
    file = _inside(root, path)
    before = _state(file, path)
    old = _decoded(before.data, path)
    new = change(old)
    if new == old:
        return new
    file.parent.mkdir(parents=True, exist_ok=True)
    _inside(root, path)  # the folders may have become links meanwhile
    sweep([file.parent])
    descriptor, name = make_draft(file, before.data or b"", new.encode())
    try:
        with os.fdopen(descriptor, "wb") as beside:
            beside.write(new.encode())
            beside.flush()
            _set_mode(beside.fileno(), before.mode)
            os.fsync(beside.fileno())
        _ensure_unchanged(file, path, before)
        _put(Path(name), file, path, before)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    _sync_folder(file.parent)
    return new


def remove_file(root: Path, path: str, look: Callable[[str], None]) -> None:
    """Take a file of a project away, if what it holds stands a look.

    Args:
        root: Of the project.
        path: Of the file.
        look: Is shown what it holds, and raises where that must stay.

    Raises:
        FileNotWritable: as for `write_file`.
        FileChangedMeanwhile: Somebody changed it since it was looked at; it was left alone.
        OSError: The disk refused.
    """
    file = _inside(root, path)
    before = _state(file, path)
    text = _decoded(before.data, path)
    if text is None:
        return
    look(text)
    _ensure_unchanged(file, path, before)
    file.unlink()
    _sync_folder(file.parent)


def read_file(root: Path, path: str) -> str | None:
    """What a file holds, as `write_file` would be given it; None where there is no file.

    Raises:
        FileNotWritable: as for `write_file`.
    """
    return _decoded(_state(_inside(root, path), path).data, path)


def refusal(error: ArchMemError | OSError) -> str:
    """Why a file was not written, in one line."""
    if isinstance(error, ArchMemError):
        return str(error)
    why = (error.strerror or str(error) or type(error).__name__).lower()
    return f"the system refuses to write it: {why}."


def _inside(root: Path, path: str) -> Path:
    """The file with its folders' links resolved; it must lie in the project and be no link out.

    Nor may a link lead into a repository, whose settings and hooks are run, or into a memory.
    """
    top = root.resolve()
    file = real_path(top / path)
    if not file.is_relative_to(top) or file == top:
        raise FileNotWritable(path, "it lies outside of the project")
    inside = file.relative_to(top)
    if not _CLOSED.isdisjoint(part.casefold() for part in inside.parts) or any(
        (top / folder / "HEAD").exists() and (top / folder / "objects").exists()
        for folder in list(inside.parents)[:-1]
    ):
        raise FileNotWritable(path, "it lies in a repository or a memory")
    return file


def _state(file: Path, path: str) -> _State:
    try:
        data, found = read_with_stat(file, _LARGEST)
    except FileNotFoundError:
        return _State()
    except NotADirectoryError:
        raise FileNotWritable(path, "a file stands where its folder should be") from None
    except NoPlainFile:
        raise FileNotWritable(path, "it is not a file") from None
    stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
    return _State(data, stat.S_IMODE(found.st_mode), stamp)


def _ensure_unchanged(file: Path, path: str, before: _State) -> None:
    if _state(file, path) != before:
        raise FileChangedMeanwhile(path)


def _put(draft: Path, file: Path, path: str, before: _State) -> None:
    """Put a draft in the place of what was read."""
    if before.data is None:
        is_done = put_new(draft, file)
    else:
        is_done = put_in_place(draft, file, lambda one: _state(one, path) == before)
    if not is_done:
        raise FileChangedMeanwhile(path)


def _decoded(data: bytes | None, path: str) -> str | None:
    try:
        return None if data is None else data.decode()
    except UnicodeDecodeError as error:
        raise FileNotWritable(path, f"byte {error.start} is not UTF-8") from None


def _set_mode(descriptor: int, mode: int) -> None:
    if not mode:
        umask = os.umask(0)
        os.umask(umask)
        mode = _NEW_FILE_MODE & ~umask
    if hasattr(os, "fchmod"):  # not on Windows, where modes say little
        os.fchmod(descriptor, mode)


def _sync_folder(folder: Path) -> None:
    """Make a rename last; not every system lets a folder be opened for that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
