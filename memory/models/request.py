"""What can be asked of a memory, as values that can be sent; one for each verb."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from memory.models.kinds import Kind
from memory.models.selection import EVERYTHING, NOW, Lens, Name, Names, Selection

LONGEST_QUESTION = 20_000  # characters; a model reads the first thousand or two
MOST_HITS = 1_000
MOST_LISTED = 1_000_000  # memories; ten times what a store was measured with

Question: TypeAlias = Annotated[str, Field(max_length=LONGEST_QUESTION)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Index(_Request):
    """Bring the memory up to date with the project's files."""

    accept_removals: bool = False  # believe it when more than a third of all memories are gone
    history: bool = False  # read git's history too
    since: AwareDatetime | None = None  # of it, commits from then on; None for all
    most: int | None = Field(None, ge=1)  # of it, so many commits, the latest; None for 20,000


class Search(_Request):
    """Find what answers a question."""

    question: Question
    selection: Selection = EVERYTHING
    limit: int = Field(10, ge=1, le=MOST_HITS)


class Tried(_Request):
    """Find what was tried before, and what came of it."""

    question: Question
    modules: Names = ()
    limit: int = Field(5, ge=1, le=MOST_HITS)


class Related(_Request):
    """Find what has to do with a memory."""

    uid: Name  # or what it begins with, where that fits one memory only
    limit: int = Field(10, ge=1, le=MOST_HITS)


class Show(_Request):
    """Tell all that is known of a memory."""

    uid: Name
    lens: Lens = NOW


class History(_Request):
    """Tell every revision of a memory."""

    uid: Name


class Timeline(_Request):
    """Tell how a module evolved."""

    module: Name
    lens: Lens = NOW


class Listing(_Request):
    """List the memories of a selection, the latest first."""

    selection: Selection = EVERYTHING
    limit: int | None = Field(None, ge=1, le=MOST_LISTED)


class Record(_Request):
    """Keep something new, and write it to the project's file where its kind belongs."""

    kind: Kind
    fields: dict[str, JsonValue]  # of `Draft` and of its kind's details, side by side
    author: Name | None = None  # "human:dana", "agent:payments"; None is who git says we are


class Status(_Request):
    """Tell what the memory holds and lacks."""
