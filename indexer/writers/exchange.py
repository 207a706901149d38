"""Putting a file in another one's place without losing what came there at the last moment."""

from __future__ import annotations

import ctypes
import os
import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h


def put_new(draft: Path, file: Path) -> bool:
    """Give a draft its name, unless there is a file of that name; whether there was none."""
    try:
        os.link(draft, file)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        if file.exists():
            return False
        draft.rename(file)
        return True
    draft.unlink()
    return True


def put_in_place(draft: Path, file: Path, is_as_read: Callable[[Path], bool]) -> bool:
    """Put a draft in the place of a file, if that is still the one that was read.

    The two change places in one step, so that what is looked at is what was there at that very
    moment; if somebody was faster they change back, and theirs is where they put it. Where the
    system cannot do so, theirs stays beside the file under the draft's name.

    Args:
        draft: Beside the file, complete; it is gone afterwards.
        file: What it is to replace.
        is_as_read: Whether a file is the one that was read.

    Returns:
        Whether the draft is in place.
    """
    ours = draft.stat()
    if not _exchange(draft, file):
        return _replace_by_links(draft, file, is_as_read)
    try:
        if is_as_read(draft):
            draft.unlink()
            return True
    except BaseException:  # it cannot be looked at, or we are stopped: it is still theirs
        _give_back(draft, file, ours)
        raise
    _give_back(draft, file, ours)
    return False


def _give_back(theirs: Path, file: Path, ours: os.stat_result) -> None:
    if _is_same(file, ours):
        _exchange(theirs, file)
        theirs.unlink()
    else:  # somebody was faster twice: the last one stays, the one before is kept beside it
        theirs.rename(_aside(file))


def _replace_by_links(draft: Path, file: Path, is_as_read: Callable[[Path], bool]) -> bool:
    held = draft.with_suffix(".held")
    try:
        os.link(file, held)  # whatever is written into it from now on is not lost
    except FileNotFoundError:
        return False
    except OSError:  # a file system without links
        if not is_as_read(file):
            return False
        draft.replace(file)
        return True
    try:
        if not is_as_read(held) or not is_as_read(file):
            draft.unlink()
            return False
        draft.replace(file)
        if is_as_read(held):
            return True
        held.replace(file)
        return False
    finally:
        held.unlink(missing_ok=True)


def _is_same(file: Path, found: os.stat_result) -> bool:
    try:
        now = file.stat()
    except OSError:
        return False
    return (now.st_ino, now.st_size, now.st_mtime_ns) == (
        found.st_ino,
        found.st_size,
        found.st_mtime_ns,
    )


def _aside(file: Path) -> Path:
    """A free name beside a file for another version of it."""
    number = 1
    while (beside := file.with_name(f"{file.name}.other-{number}")).exists():
        number += 1
    return beside


def _exchange(one: Path, other: Path) -> bool:
    """Let two files change places in one step; False where the system cannot."""
    rename = _renameat2()
    if rename is None:
        return False
    done = rename(
        _AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), ctypes.c_uint(_RENAME_EXCHANGE)
    )
    return bool(done == 0)


@cache
def _renameat2() -> Callable[..., int] | None:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return None
