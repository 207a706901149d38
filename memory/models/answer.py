"""What a question gets back."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from memory.models.confidence import Confidence
from memory.models.freshness import Freshness
from memory.models.kinds import Status
from memory.models.link import Link
from memory.models.outcome import RunLine
from memory.models.revision import Memory, Revision
from memory.models.series import Comparison, Premise, Unsettled
from memory.models.standing import Standing


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Listed(_Value):
    """A memory, how it stands, and what bears on it today."""

    memory: Memory
    standing: Standing
    freshness: Freshness | None = None  # None where it names nothing, or nobody has looked
    premises: tuple[Premise, ...] = ()  # baselines it rests on that have moved
    confidence: Confidence | None = None  # of a lesson


class Hit(Listed):
    """A memory that answers a question, with the passage that does so best."""

    score: float  # 0 to 1, higher is better; comparable within one answer only
    relevance: float | None = None  # how likely it answers, 0 to 1; None where nobody can say
    heading: str = ""  # above the passage
    passage: str
    lines: tuple[int, int] | None = None  # of the passage in `memory.path`
    signals: dict[str, float] = {}  # each signal's share; they add up to the score
    because: str = ""  # why it stands here, where its score alone would not have put it

    @property
    def citation(self) -> str:
        """`path:line` of the passage."""
        if self.memory.path is None or self.lines is None:
            return self.memory.citation
        return f"{self.memory.path}:{self.lines[0]}"


class Answer(_Value):
    """Hits, the best one first."""

    question: str
    hits: tuple[Hit, ...] = ()
    titles: dict[str, str] = {}  # of the memories that the hits' standings name, by uid
    complete: bool = True
    reason: str = ""  # why it is not complete


class Attempt(Hit):
    """A refactoring that was tried, and what came of it."""

    commits: tuple[str, ...] = ()  # that did it, as its source names them
    effect: str = ""  # measured, in the words of its source
    reverted_by: str = ""  # a commit, or words; "" where it was not, or nobody says by what
    reverted_on: AwareDatetime | None = None
    revert_reason: str = ""

    @property
    def is_reverted(self) -> bool:
        """Whether it was undone, by its own words or by what a later commit says."""
        return bool(self.reverted_by) or self.standing.status is Status.REVERTED


class Tried(_Value):
    """What was tried, nearest to the question first."""

    question: str
    attempts: tuple[Attempt, ...] = ()
    titles: dict[str, str] = {}  # of the memories that the attempts' standings name, by uid
    complete: bool = True
    reason: str = ""  # why it is not complete


class Shown(Listed):
    """All that is known of one memory."""

    links: tuple[Link, ...] = ()
    titles: dict[str, str] = {}  # of the memories at the other ends and of its standing, by uid


class Told(_Value):
    """A memory's revisions, the first one first."""

    uid: str
    revisions: tuple[Revision, ...]


class Event(_Value):
    """Something that happened to a module."""

    at: AwareDatetime | None
    what: str  # "decided", "superseded", "measured", "flagged" …
    memory: Memory


class Change(_Value):
    """What became of a memory since a certain moment."""

    what: Literal["added", "revised", "removed"]
    memory: Memory  # as it is now


class News(_Value):
    """What changed in a memory, the latest last."""

    mark: int  # where to go on reading from
    changes: tuple[Change, ...] = ()


class StoreStatus(_Value):
    """The state of a project's memory."""

    folder: str
    schema_version: int
    memories: dict[str, dict[str, int]]  # kind -> status -> count
    passages: int
    pending_embeddings: int
    pending_files: int  # recorded, but not yet in the project's files
    model: str | None  # None before the first embedding
    last_index: AwareDatetime | None
    problems: tuple[str, ...] = ()  # of the files as they were last read
    open_runs: tuple[RunLine, ...] = ()  # never finished, the latest first


class Recorded(_Value):
    """What became of a record."""

    uid: str
    is_new: bool  # False when the same was recorded before
    path: str | None  # the file that holds it now
    pending: str = ""  # why no file holds it yet
    not_embedded: str = ""  # what went wrong with its vectors, if something did
    compared: Comparison | None = None  # of a measurement with a number, with the one before
    elsewhere: tuple[str, ...] = ()  # of the first of a series: where else its metric is measured
    unsettled: tuple[Unsettled, ...] = ()  # in force, and resting on what has moved with it
