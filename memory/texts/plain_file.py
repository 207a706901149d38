"""Reads a file of which nobody knows what it is: a link may lead to a device, and a FIFO waits."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class NoPlainFile(OSError):
    """It is a folder, a device, a FIFO or the like."""


@contextmanager
def open_plain(path: Path | str, more: int = 0) -> Iterator[BufferedReader]:
    """A regular file: what was opened is looked at, as what stood there before may be replaced.

    Args:
        path: Which.
        more: What else the system is told who opens it.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    descriptor = os.open(path, _AT_ONCE | more)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NoPlainFile(errno.EINVAL, "It is not a file", str(path))
        with open(descriptor, "rb", closefd=False) as file:
            yield file
    finally:
        os.close(descriptor)


def read_plain(path: Path, most: int, *, follow: bool = True) -> bytes:
    """What a regular file holds; see `read_with_stat`."""
    return read_with_stat(path, most, follow=follow)[0]


def read_with_stat(
    path: Path | str, most: int, *, follow: bool = True
) -> tuple[bytes, os.stat_result]:
    """What a regular file holds, and what the system says of the one that was opened.

    Args:
        path: Which.
        most: Bytes that it may have.
        follow: Whether it may be a link, where the system has ways to say so.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger.
    """
    with open_plain(path, 0 if follow else _NO_LINK) as file:
        found = os.fstat(file.fileno())
        said = file.read(min(most, found.st_size) + 1)
        if len(said) > found.st_size:  # it grew
            said += file.read(most + 1 - len(said))
    if len(said) > most:
        raise OSError(errno.EFBIG, f"It is larger than {most:,} bytes", str(path))
    return said, found


def copy_plain(path: Path | str, to: Path) -> None:
    """Copy what a regular file holds.

    Raises:
        OSError: it cannot be read, is no regular file, or cannot be written.
    """
    with open_plain(path) as file, to.open("wb") as copied:
        shutil.copyfileobj(file, copied)


def read_beginning(path: Path, most: int) -> bytes:
    """So many bytes at most that a regular file begins with.

    Raises:
        OSError: it cannot be read, or is no regular file.
    """
    with open_plain(path) as file:
        return file.read(most)


def real_path(path: Path) -> Path:
    """Where its links lead; of one that leads to itself, as far as it can be followed.

    `Path.resolve` raises what is no OSError for that, before Python 3.13.
    """
    return Path(os.path.realpath(path))


def read_plain_text(path: Path, most: int, *, errors: str = "strict") -> str:
    """The same as text in UTF-8, with line ends as they should be.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read.
    """
    said = read_plain(path, most).decode(errors=errors)
    return said.replace("\r\n", "\n").replace("\r", "\n")
