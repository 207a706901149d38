"""What the twins of a store have in common, for as long as one of them is open."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Self

from memory.ledger.ownership import claim, refuse_owned

if TYPE_CHECKING:
    from pathlib import Path

    from memory.retrieval.model import SharedModels
    from memory.retrieval.vectors import Vectors


class SharedVectors:
    """The vectors of a store and, if it is owned, the claim to it; for any number of threads."""

    def __init__(
        self, folder: Path, *, owner: str | None = None, models_of: SharedVectors | None = None
    ) -> None:
        """Open nothing yet; whoever makes it has joined it.

        Args:
            folder: Where the store lies.
            owner: Who owns it from now on; None to open it as one of many.
            models_of: The store whose models it uses.

        Raises:
            StoreOwned: another process owns it.
            StoreNotWritable: it cannot be owned.
        """
        self._folder = folder
        self._claim = claim(folder, owner) if owner else None
        if self._claim is None:
            refuse_owned(folder)
        self._lock = Lock()
        self._members = 1
        self._vectors: Vectors | None = None
        self._models: SharedModels | None = None
        self._models_of = models_of
        self.is_sound = False  # the ledger was looked through, and nothing was found

    @property
    def models(self) -> SharedModels:
        """Models for this store alone, where nobody gives those of the whole process."""
        if self._models_of is not None:
            return self._models_of.models
        with self._lock:
            if self._models is None:
                from memory.retrieval.model import SharedModels

                self._models = SharedModels()
            return self._models

    @property
    def vectors(self) -> Vectors:
        """The same for everybody; whoever does not ask for them imports nothing of them."""
        with self._lock:
            if self._vectors is None:
                from memory.retrieval.vectors import Vectors

                self._vectors = Vectors(self._folder)
            return self._vectors

    def join(self) -> Self:
        """One more uses it, until that one leaves."""
        with self._lock:
            self._members += 1
        return self

    def leave(self) -> None:
        """One fewer uses it; with the last one vectors are closed and the claim is released."""
        with self._lock:
            self._members -= 1
            if self._members:
                return
        if self._vectors is not None:
            self._vectors.close()
        if self._claim is not None:
            self._claim.release()
