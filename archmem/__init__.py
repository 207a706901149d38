"""archmem as a library: `open_project(".")` opens the memory of a project, an `ArchMem`.

Importing this imports nothing else; what is heavy comes with the first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from indexer.project import open_project
    from memory.api import ArchMem

__all__ = ["ArchMem", "open_project"]


def __getattr__(name: str) -> object:
    if name == "open_project":
        from indexer.project import open_project

        return open_project
    if name == "ArchMem":
        from memory.api import ArchMem

        return ArchMem
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
