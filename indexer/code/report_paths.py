"""Which file a report means: one that lies beside it, before one that is only called the same."""

from __future__ import annotations

import posixpath
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@lru_cache(maxsize=4096)
def beside(root: Path, report: Path, said: str) -> str:
    """A path that a report names, from the root, where it is there from a folder of the report.

    The nearest folder counts; else the path is given back as it is named, without the root.
    """
    said = posixpath.normpath(said.replace("\\", "/").removeprefix(f"{root.as_posix()}/"))
    for folder in report.relative_to(root).parents:
        if not said.startswith("/") and is_file(root / folder / said):
            return posixpath.normpath((folder / said).as_posix())
    return said


def is_file(path: Path) -> bool:
    """Whether there is one; of a name that no file can have there is none."""
    try:
        return path.is_file()
    except OSError:
        return False
