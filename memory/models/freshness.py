"""Whether what a memory speaks of is still there, and still as it was."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Verdict(StrEnum):
    """What became of an anchor since its memory last changed; the worst comes last."""

    FRESH = "fresh"
    UNKNOWN = "cannot tell"
    MOVED = "moved to"
    CHANGED = "changed"
    GONE = "gone"


class Anchor(BaseModel):
    """A place of the codebase that a memory names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    type: Literal["path", "symbol", "commit", "version"]
    name: str  # as the memory has it, without quotes


class Checked(Anchor):
    """An anchor, and what became of it."""

    verdict: Verdict
    reason: str  # in words that make sense behind the name
    target: str = ""  # where it moved


class Freshness(BaseModel):
    """What became of everything that a memory names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    verdict: Verdict  # the worst of its anchors'; fresh only where each is
    anchors: tuple[Checked, ...] = ()  # the worst first, then by name
    commit: str = ""  # at which it was looked at; "" without git
