"""A project as archmem opens it: its files, its settings, its memory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from indexer.project_root import find_project, other_worktrees
from memory.api import ArchMem
from memory.config import load_settings, store_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from indexer.project_root import ProjectRoots
    from memory.config import Settings
    from memory.ledger.connection import Ledger
    from memory.models.answer import Recorded
    from memory.models.report import IndexReport, Progress
    from memory.models.revision import Draft
    from memory.retrieval.model import Models


class Files:
    """The files of one worktree."""

    def __init__(self, roots: ProjectRoots, settings: Settings) -> None:
        self._roots = roots
        self._root = roots.worktree
        self._settings = settings

    def take_in(
        self,
        ledger: Ledger,
        *,
        only: Collection[str] | None,
        accept_removals: bool,
        on_progress: Progress,
    ) -> IndexReport:
        """Bring the ledger up to date with them, or with those at certain paths."""
        from indexer.pipeline import take_in
        from indexer.sources.registry import formats

        return take_in(
            ledger,
            self._root,
            formats(self._settings.record_folders),
            ignore=self._settings.ignore,
            elsewhere=other_worktrees(self._roots),
            only=only,
            accept_removals=accept_removals,
            on_progress=on_progress,
        )

    def record(self, ledger: Ledger, draft: Draft, author: str) -> Recorded:
        """Keep a draft in the ledger and write it to the file where its kind belongs."""
        from indexer.recording import record

        return record(ledger, self._root, draft, author)


def open_project(
    start: Path | str = ".",
    *,
    store: Path | None = None,
    create: bool = True,
    models: Models | None = None,
    environment: Mapping[str, str] = os.environ,
    owner: str | None = None,
) -> ArchMem:
    """The memory of the project that a folder is in.

    Args:
        start: Any folder of the project.
        store: Where the memory lies, if not at the root of the main worktree.
        create: Make an empty memory where there is none.
        models: The models of this process; None to load one for this memory alone.
        environment: Where `ARCHMEM_MODEL` and `ARCHMEM_PRECISION` may stand.
        owner: Who owns the memory while it is open, in words; None to be one of many.

    Raises:
        ProjectNotFound: `start` is not a folder.
        StoreNotFound: There is no memory, and `create` is false.
        StoreOwned: Another process owns it.
        StoreTooNew, StoreDamaged: There is one that cannot be used.
        ConfigInvalid: `archmem.toml` cannot be understood.
    """
    roots = find_project(Path(start))
    folder = store_folder(roots.main, store)
    settings = load_settings(roots.worktree, environment)
    if create:
        ArchMem.create(folder)
    files = Files(roots, settings)
    return ArchMem(roots.worktree, folder, files, settings, models=models, owner=owner)


def worktree_twin(
    memory: ArchMem,
    start: Path | str,
    *,
    models: Models | None = None,
    environment: Mapping[str, str] = os.environ,
) -> ArchMem:
    """A twin of an open memory for another worktree of its project, with its files and settings.

    Args:
        memory: Of the project.
        start: Any folder of the worktree; the caller knows that it is one of the project.
        models: As for `open_project`; None for those that the memory was opened with.
        environment: As for `open_project`.

    Raises:
        ProjectNotFound: `start` is not a folder.
        ConfigInvalid: `archmem.toml` cannot be understood.
    """
    roots = find_project(Path(start))
    settings = load_settings(roots.worktree, environment)
    files = Files(roots, settings)
    return memory.twin(root=roots.worktree, files=files, settings=settings, models=models)
