"""The one place where commands get what they work with; it opens nothing until asked."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from pathlib import Path

    from indexer.project_root import ProjectRoots
    from memory.api import ArchMem
    from memory.config import Settings


class Workspace:
    """A project as the global options name it."""

    def __init__(self, project: Path, store: Path | None) -> None:
        """Name a project.

        Args:
            project: Any folder of it.
            store: Where its memory lies, if not at its root.
        """
        self._project = project
        self._store = store

    @cached_property
    def roots(self) -> ProjectRoots:
        """Where the project is.

        Raises:
            ProjectNotFound: it is no folder.
        """
        from indexer.project_root import find_project

        return find_project(self._project)

    @property
    def folder(self) -> Path:
        """Where the memory lies, or would lie."""
        from memory.config import store_folder

        return store_folder(self.roots.main, self._store)

    @property
    def settings(self) -> Settings:
        """What the project and the environment set.

        Raises:
            ConfigInvalid: something that has no meaning.
        """
        from memory.config import load_settings

        return load_settings(self.roots.worktree)

    @cached_property
    def memory(self) -> ArchMem:
        """The project's memory, opened when it is first asked for.

        Raises:
            StoreNotFound: there is none yet.
            ProjectNotFound, StoreTooNew, StoreDamaged, ConfigInvalid: it cannot be used.
        """
        from indexer.project import open_project

        return open_project(self._project, store=self._store, create=False)

    def ensure_memory(self) -> bool:
        """Afterwards there is a memory, if need be an empty one; returns whether it is new."""
        from memory.api import ArchMem

        return ArchMem.create(self.folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "memory" in self.__dict__:
            self.memory.close()


pass_workspace = click.make_pass_decorator(Workspace)
