"""What can be said of a memory beyond its words: freshness, confidence and fired triggers."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime

from memory.kinds.vocabulary import Trust
from memory.models.value import Value


class AnchorVerdict(StrEnum):
    """What became of an anchor since its memory last changed; the worst comes last."""

    FRESH = "fresh"
    UNKNOWN = "cannot tell"
    MOVED = "moved to"
    CHANGED = "changed"
    GONE = "gone"


class Anchor(Value):
    """A place of the codebase that a memory names."""

    type: Literal["path", "symbol", "commit", "version"]
    name: str  # as the memory has it, without quotes


class CheckedAnchor(Anchor):
    """An anchor, and what became of it."""

    verdict: AnchorVerdict
    reason: str  # in words that make sense behind the name
    target: str = ""  # where it moved


class Freshness(Value):
    """What became of everything that a memory names."""

    verdict: AnchorVerdict  # the worst of its anchors'; fresh only where each is
    anchors: tuple[CheckedAnchor, ...] = ()  # the worst first, then by name
    commit: str = ""  # at which it was looked at; "" without git


class Rank(StrEnum):
    """Where a lesson stands by its evidence."""

    CANDIDATE = "candidate"
    PRACTICE = "practice"
    RETIRED = "retired"


class Evidence(Value):
    """One thing that speaks for a lesson, or against it."""

    origin: str  # uid or commit; the same origin counts once
    kind: Literal["run", "baseline", "finding", "revert", "anchor"]
    speaks_for: bool
    weight: float = 1.0  # 0 to 1; what one run weighs is 1
    words: str = ""
    at: AwareDatetime | None = None


class Confidence(Value):
    """A lesson's posterior, and what follows from it."""

    rank: Rank
    alpha: float  # of the Beta posterior
    beta: float
    mean: float  # 0 to 1
    lower: float  # 95 % sure that it holds at least so often
    count: float  # weight of all evidence
    trust: Trust  # the least of its sources'
    evidence: tuple[Evidence, ...] = ()  # oldest first, ties by origin
    reason: str = ""  # why it has this rank, in words


class Fired(Value):
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


class Unwatched(Value):
    """A review trigger that no machine can watch."""

    uid: str
    title: str
    trigger: str
    reason: str
