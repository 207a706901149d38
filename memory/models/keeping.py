"""What is told of keeping a memory whole."""

from __future__ import annotations

from typing import Literal

from memory.models.value import Value


class StoreFinding(Value):
    """Something of a memory's store that is not as it should be."""

    where: Literal["ledger", "vectors", "files", "credentials", "clock"]
    what: str
    uids: tuple[str, ...] = ()  # of the memories that it touches, as far as that is known
    mended: bool = False


class Diagnosis(Value):
    """What was found, and what became of it."""

    findings: tuple[StoreFinding, ...] = ()
    lost: tuple[str, ...] = ()  # uids of memories that were damaged and that no file says
    kept: str = ""  # where the damaged ledger was put

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong, or no longer."""
        return all(one.mended for one in self.findings)


class StoredPlace(Value):
    """Where something stands."""

    where: str  # "ledger", "full text, embeddings and vectors", "file" ...
    what: str  # a uid, a row's key, or a path with a line
    count: int = 1


class Forgotten(Value):
    """What was to be erased, where it stood, and what is left of it."""

    places: tuple[StoredPlace, ...] = ()
    erased: bool = False  # False where it was only asked
    left: tuple[str, ...] = ()  # what says it still, in lines


class BackedUp(Value):
    """A backup that was made, and read back."""

    file: str
    memories: int
    removed: tuple[str, ...] = ()  # names of older ones


class Restored(Value):
    """A backup that was put back."""

    folder: str
    memories: int
    withheld: tuple[str, ...] = ()  # without their credentials: uids, or rows of tables


class Exported(Value):
    """What was written, or taken in."""

    to: str
    rows: int  # or files, or notes
    of_another: bool = False  # whether these are notes of what another tool remembered
    withheld: tuple[str, ...] = ()  # taken in without credentials: uids, or rows of tables
