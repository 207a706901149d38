"""Why a memory stands as it does."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from memory.models.answer import Listed
from memory.models.kinds import Kind, LinkType, Trust


class Ancestor(BaseModel):
    """A memory that a lesson was learned from, nearer or further."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    uid: str
    title: str
    kind: Kind
    trust: Trust
    how: LinkType  # learned in, or helped by
    of: str  # uid of what was learned in it, or helped by it


class Explained(Listed):
    """A memory, how it stands, and why."""

    reasons: tuple[str, ...]  # a line each, the arithmetic of a lesson among them
    ancestors: tuple[Ancestor, ...] = ()  # of a lesson, the nearest first
    titles: dict[str, str] = Field(default_factory=dict)  # of those that the standing names, by uid
