"""What can be asked of a memory, as values that can be sent; one for each verb."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from memory.models.kinds import Kind
from memory.models.selection import EVERYTHING, NOW, Lens, Selection


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Index(_Request):
    """Bring the memory up to date with the project's files."""

    accept_removals: bool = False  # believe it when more than a third of all memories are gone


class Search(_Request):
    """Find what answers a question."""

    question: str
    selection: Selection = EVERYTHING
    limit: int = Field(10, ge=1)


class Related(_Request):
    """Find what has to do with a memory."""

    uid: str  # or what it begins with, where that fits one memory only
    limit: int = Field(10, ge=1)


class Show(_Request):
    """Tell all that is known of a memory."""

    uid: str
    lens: Lens = NOW


class History(_Request):
    """Tell every revision of a memory."""

    uid: str


class Timeline(_Request):
    """Tell how a module evolved."""

    module: str
    lens: Lens = NOW


class Listing(_Request):
    """List the memories of a selection, the latest first."""

    selection: Selection = EVERYTHING
    limit: int | None = Field(None, ge=1)


class Record(_Request):
    """Keep something new, and write it to the project's file where its kind belongs."""

    kind: Kind
    fields: dict[str, JsonValue]  # of `Draft` and of its kind's details, side by side
    author: str | None = None  # "human:dana", "agent:payments"; None is who git says we are


class Status(_Request):
    """Tell what the memory holds and lacks."""
