"""A relation between two memories."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from memory.models.kinds import LinkType


class Link(BaseModel):
    """`source` supersedes, amends, rests on … `target`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: LinkType
    source: str  # uid
    target: str  # uid
    partial: bool = False
    evidence: str = ""  # the words that say so
    asserted_by: str = ""  # uid of the memory in which those words stand
