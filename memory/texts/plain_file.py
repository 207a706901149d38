"""Reads a file of which nobody knows what it is: a link may lead to a device, and a FIFO waits."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_AT_ONCE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_plain(path: Path, most: int) -> bytes:
    """What a regular file holds.

    Args:
        path: Which; links are followed.
        most: Bytes that it may have.

    Raises:
        OSError: it cannot be read, is no regular file, or is larger.
    """
    descriptor = os.open(path, _AT_ONCE)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "It is not a file", str(path))
        with open(descriptor, "rb", closefd=False) as file:
            said = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(said) > most:
        raise OSError(errno.EFBIG, f"It is larger than {most:,} bytes", str(path))
    return said


def read_plain_text(path: Path, most: int, *, errors: str = "strict") -> str:
    """The same as text in UTF-8, with line ends as they should be.

    Raises:
        OSError, UnicodeDecodeError: it cannot be read.
    """
    said = read_plain(path, most).decode(errors=errors)
    return said.replace("\r\n", "\n").replace("\r", "\n")
