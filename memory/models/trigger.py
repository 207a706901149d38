"""What should make us look at a memory again, and whether it has come to that."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fired(_Value):
    """A review trigger whose condition has come true."""

    uid: str  # of the decision or lesson
    title: str
    trigger: str  # as written
    reason: str  # what made it true, in words
    evidence: tuple[str, ...] = ()  # uids of what shows it
    at: AwareDatetime | None = None  # since when it is true, if that is known
    modules: tuple[str, ...] = ()  # whose decision it is
    flag: str  # uid of the flag that tells of it; the same for the same firing
    flag_status: str = ""  # as it stands; "" while there is none


class Unwatched(_Value):
    """A review trigger that no machine can watch."""

    uid: str
    title: str
    trigger: str
    reason: str
