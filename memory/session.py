"""An open memory: its ledger, its vectors, its model and its project."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from memory.config import ensure_plain, ensure_store_folder
from memory.errors import StoreNotFound, StoreNotWritable, UnknownCommit
from memory.ledger.sqlite.connection import open_copy, open_ledger, open_salvaged
from memory.ledger.sqlite.ledger_file import sweep
from memory.retrieval.passages import derived
from memory.retrieval.shared import SharedVectors

if TYPE_CHECKING:
    from pathlib import Path

    from memory.config import Settings
    from memory.ledger.interface.database import Ledger
    from memory.project_files import ProjectFiles
    from memory.retrieval.meaning import Meaning
    from memory.retrieval.model import Model, SharedModels

LEDGER = "memory.db"
#: Bytes: looking through so many takes 0.3 seconds. What is larger is checked where it is read.
EXAMINED_UP_TO = 48_000_000


def create_store(folder: Path) -> bool:
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


def _open(path: Path, shared: SharedVectors) -> Ledger:
    """The ledger, looked through the first time; of a damaged one what can still be read."""
    sweep(path.parent)
    try:
        ledger = open_ledger(path)
    except StoreNotWritable as error:  # a disk that takes no writes can be read all the same
        ledger = open_copy(path, error)
    if not shared.is_sound and path.stat().st_size > EXAMINED_UP_TO:
        return ledger
    damage = None if shared.is_sound else ledger.examine()
    shared.is_sound = ledger.db.is_examined = damage is None
    if damage is None:
        return ledger
    ledger.close()
    return open_salvaged(path, damage, derived)


class Session:
    """What the verbs work with while a memory is open; one thread at a time uses it."""

    def __init__(
        self,
        root: Path,
        folder: Path,
        project: ProjectFiles,
        settings: Settings,
        *,
        models: SharedModels | None = None,
        owner: str | None = None,
        shared: SharedVectors | None = None,
        commit: str = "",
    ) -> None:
        """Open the memory that lies in a folder.

        Args:
            root: The project's worktree.
            folder: Where the memory lies.
            project: The project's files and its repository.
            settings: The model, and whatever else can be set.
            models: Those of this process; None to load one for this memory alone.
            owner: Who owns the memory while it is open, in words; None to be one of many.
            shared: What it has in common with its twins; closing it leaves that.
            commit: As of which it is, if it is not the memory of today.

        Raises:
            StoreNotFound: There is no memory there; `create_store` makes one.
            StoreHasLink, StoreHasPipe: Something in the folder is no file.
            StoreOwned: Another process owns it.
            StoreTooNew, StoreDamaged: It cannot be used.
        """
        if shared is None:
            if not (folder / LEDGER).exists():
                raise StoreNotFound(folder)
            with suppress(OSError):  # whoever opens it is told why it cannot be read
                ensure_plain(folder)
            shared = SharedVectors(folder, owner=owner)
        self.root = root
        self.folder = folder
        self.project = project
        self.settings = settings
        self.commit = commit
        self.shared = shared
        self._models = models
        try:
            self.ledger = _open(folder / LEDGER, shared)
        except BaseException:
            shared.leave()
            raise
        self._is_open = True

    def twin(
        self,
        root: Path | None = None,
        project: ProjectFiles | None = None,
        settings: Settings | None = None,
        models: SharedModels | None = None,
    ) -> Session:
        """The same memory with a connection of its own; see `ArchMem.twin`."""
        return Session(
            root or self.root,
            self.folder,
            project or self.project,
            (settings or self.settings).with_model_of(self.settings),
            models=models or self._models,
            shared=self.shared.join(),
        )

    def of_copy(self, folder: Path, commit: str, project: ProjectFiles) -> Session:
        """A copy of this memory that shows a commit; it uses the same model."""
        return Session(
            self.root,
            folder,
            project,
            self.settings,
            models=self._models,
            shared=SharedVectors(folder, models_of=self.shared),
            commit=commit,
        )

    def close(self) -> None:
        """Let go of all files; a second time does nothing."""
        if self._is_open:
            self._is_open = False
            self.ledger.close()
            self.shared.leave()

    @cached_property
    def model(self) -> Model:
        """The embedding model, not loaded yet; verbs that do not ask it import nothing of it."""
        return (self._models or self.shared.models).of(self.settings)

    @cached_property
    def meaning(self) -> Meaning:
        """What knows by meaning."""
        if self.commit:
            from memory.retrieval.meaning import MeaningAt

            return MeaningAt(self.ledger, self.model, self.shared.vectors)
        from memory.retrieval.meaning import Meaning

        return Meaning(self.ledger, self.model, self.shared.vectors)

    def commit_of(self, name: str, *, otherwise: str) -> str:
        """The full hash of a commit; `otherwise` where git knows none by that name."""
        try:
            return self.project.commit_of(name)
        except UnknownCommit:  # of another clone, squashed since, or there is no git here
            return otherwise
