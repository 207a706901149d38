"""Opens the memory that lies in a folder, and lets go of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from memory.config import ensure_store_folder
from memory.errors import StoreNotFound
from memory.ledger.connection import open_ledger
from memory.retrieval.shared import Shared

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from memory.config import Settings
    from memory.ledger.connection import Ledger
    from memory.project_files import ProjectFiles
    from memory.retrieval.meaning import Meaning
    from memory.retrieval.model import Model, Models

LEDGER = "memory.db"


class Opened:
    """A memory while it is open.

    Close it, or use it in a `with` statement. One thread at a time uses it; for another thread
    there are twins.
    """

    def __init__(
        self,
        root: Path,
        folder: Path,
        files: ProjectFiles,
        settings: Settings,
        *,
        models: Models | None = None,
        owner: str | None = None,
        shared: Shared | None = None,
        commit: str = "",
    ) -> None:
        """Open the memory that lies in a folder.

        Args:
            root: The project's worktree.
            folder: Where the memory lies.
            files: The project's files.
            settings: The model, and whatever else can be set.
            models: Those of this process; None to load one for this memory alone.
            owner: Who owns the memory while it is open, in words; None to be one of many.
            shared: What it has in common with its twins; closing it leaves that.
            commit: As of which it is, if it is not the memory of today.

        Raises:
            StoreNotFound: There is no memory there; `create` makes one.
            StoreOwned: Another process owns it.
            StoreTooNew, StoreDamaged: It cannot be used.
        """
        if shared is None:
            if not (folder / LEDGER).exists():
                raise StoreNotFound(folder)
            shared = Shared(folder, owner=owner)
        self.root = root
        self.folder = folder
        self._files = files
        self._settings = settings
        self._models = models
        self._shared = shared
        self.commit = commit
        try:
            self._ledger = open_ledger(folder / LEDGER)
        except BaseException:
            self._shared.leave()
            raise
        self._is_open = True

    @staticmethod
    def create(folder: Path) -> bool:
        """Afterwards there is a memory in the folder, empty if it is new.

        One that is there is not opened, as that may change its schema and another may own it.

        Returns:
            Whether it is new.
        """
        is_new = not (folder / LEDGER).exists()
        ensure_store_folder(folder)
        if is_new:
            open_ledger(folder / LEDGER, create=True).close()
        return is_new

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def twin(
        self,
        *,
        root: Path | None = None,
        files: ProjectFiles | None = None,
        settings: Settings | None = None,
        models: Models | None = None,
    ) -> Self:
        """The same memory for another thread, or for another worktree; any thread may ask.

        It has a connection of its own to the ledger and shares the vectors. Each twin is closed
        by itself, in any order; the last one lets go of what they share.

        Args:
            root: The worktree, if it is another one.
            files: Its files likewise.
            settings: Its settings likewise; the model is that of this memory all the same.
            models: Those of this process; None for those that this one was opened with.
        """
        return type(self)(
            root or self.root,
            self.folder,
            files or self._files,
            (settings or self._settings).with_model_of(self._settings),
            models=models or self._models,
            shared=self._shared.join(),
        )

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        if self._is_open:
            self._is_open = False
            self._ledger.close()
            self._shared.leave()

    @property
    def ledger(self) -> Ledger:
        """Where everything lies, for those who have to know more than the verbs tell."""
        return self._ledger

    @cached_property
    def model(self) -> Model:
        """The embedding model, not loaded yet; verbs that do not ask it import nothing of it."""
        return (self._models or self._shared.models).of(self._settings)

    @cached_property
    def _meaning(self) -> Meaning:
        """What knows by meaning."""
        if self.commit:
            from memory.retrieval.meaning_at import MeaningAt

            return MeaningAt(self._ledger, self.model, self._shared.vectors)
        from memory.retrieval.meaning import Meaning

        return Meaning(self._ledger, self.model, self._shared.vectors)
