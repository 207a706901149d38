"""What a question gets back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime, Field

from memory.kinds import SPECS
from memory.kinds.vocabulary import Kind, LinkType, Status, Trust
from memory.models.assessment import Confidence, Fired, Freshness, Unwatched
from memory.models.details import Run
from memory.models.findings import CheckRow
from memory.models.memory import Link, Memory, Revision
from memory.models.module import Module
from memory.models.norm import Norm
from memory.models.report import RecordFolder
from memory.models.runs import RunLine
from memory.models.series import Comparison, Premise, Unsettled
from memory.models.standing import Standing
from memory.models.value import Value
from memory.texts.formatting import day

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Listed(Value):
    """A memory, how it stands, and what bears on it today."""

    memory: Memory
    standing: Standing
    freshness: Freshness | None = None  # None where it names nothing, or nobody has looked
    premises: tuple[Premise, ...] = ()  # baselines it rests on that have moved
    confidence: Confidence | None = None  # of a lesson


class Hit(Listed):
    """A memory that answers a question, with the passage that does so best."""

    score: float  # how likely it is the answer, 0 to 1; without a relevance, what it is ranked by
    relevance: float | None = None  # how likely it is to the point; None where nobody can say
    heading: str = ""  # above the passage
    passage: str
    lines: tuple[int, int] | None = None  # of the passage in `memory.path`
    signals: dict[str, float] = Field(
        default_factory=dict
    )  # each signal's share; they add up to what it is ranked by
    because: str = ""  # why it stands here, where its score alone would not have put it

    @property
    def citation(self) -> str:
        """`path:line` of the passage."""
        if self.memory.path is None or self.lines is None:
            return self.memory.citation
        return f"{self.memory.path}:{self.lines[0]}"


class Answer(Value):
    """Hits, the best one first."""

    question: str
    known: bool = True  # False where none of the hits is likely to answer: they only come nearest
    hits: tuple[Hit, ...] = ()
    titles: dict[str, str] = Field(
        default_factory=dict
    )  # of the memories that the hits' standings name, by uid
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

    @property
    def done_again_by(self) -> tuple[str, ...]:
        """The commits that did it again after it had been undone, as git tells them in full."""
        said = self.memory.revision.draft.extra.get("done_again_by")
        return tuple(map(str, said)) if isinstance(said, list) else ()


class Tried(Value):
    """What was tried, nearest to the question first."""

    question: str
    attempts: tuple[Attempt, ...] = ()
    titles: dict[str, str] = Field(
        default_factory=dict
    )  # of the memories that the attempts' standings name, by uid
    complete: bool = True
    reason: str = ""  # why it is not complete
    knows_history: bool = True  # whether what git tells of it was ever read


class Shown(Listed):
    """All that is known of one memory."""

    links: tuple[Link, ...] = ()
    norms: tuple[Norm, ...] = ()  # what it demands
    titles: dict[str, str] = Field(
        default_factory=dict
    )  # of the memories at the other ends and of its standing, by uid


class RevisionHistory(Value):
    """A memory's revisions, the first one first."""

    uid: str
    revisions: tuple[Revision, ...]


class Event(Value):
    """Something that happened to a module."""

    at: AwareDatetime | None
    what: str  # "decided", "superseded", "measured", "flagged" …
    memory: Memory

    @property
    def date(self) -> str:
        """Its day, or the month where no day is named; "" where nothing is."""
        return day(self.at) or self.memory.revision.date


class Change(Value):
    """What became of a memory since a certain moment."""

    what: Literal["added", "revised", "removed"]
    memory: Memory  # as it is now


class News(Value):
    """What changed in a memory, the latest last."""

    mark: int  # where to go on reading from
    changes: tuple[Change, ...] = ()


class StoreStatus(Value):
    """The state of a project's memory."""

    folder: str
    schema_version: int
    memories: dict[str, dict[str, int]]  # kind -> status -> count
    passages: int
    pending_embeddings: int
    pending_files: int  # recorded, but not yet in the project's files
    model: str | None  # None before the first embedding
    last_index: AwareDatetime | None
    modules: tuple[Module, ...] = ()  # in alphabetical order
    folders: tuple[RecordFolder, ...] = ()  # of records, and those that look like it
    problems: tuple[str, ...] = ()  # of the files as they were last read
    open_runs: tuple[RunLine, ...] = ()  # never finished, the latest first


class Recorded(Value):
    """What became of a record."""

    uid: str
    is_new: bool  # False when the same was recorded before
    path: str | None  # the file that holds it now
    pending: str = ""  # why no file holds it yet
    untold: tuple[str, ...] = ()  # which records it supersedes do not say so, and why, in lines
    not_embedded: str = ""  # what went wrong with its vectors, if something did
    withheld: tuple[str, ...] = ()  # what was left out of it, in lines: credentials
    compared: Comparison | None = None  # of a measurement with a number, with the one before
    elsewhere: tuple[str, ...] = ()  # of the first of a series: where else its metric is measured
    unsettled: tuple[Unsettled, ...] = ()  # in force, and resting on what has moved with it


class Ancestor(Value):
    """A memory that a lesson was learned from, nearer or further."""

    uid: str
    title: str
    kind: Kind
    trust: Trust
    how: LinkType  # learned in, or helped by
    of: str  # uid of what was learned in it, or helped by it


class Written(Value):
    """Who committed something last; nobody yet where there is no commit."""

    author: str = ""  # of the commit, and not of what is in it
    commit: str = ""  # in full
    day: str = ""
    is_signed: bool = False  # by a key that the user trusts


class Explained(Listed):
    """A memory, how it stands, and why."""

    reasons: tuple[str, ...]  # a line each, the arithmetic of a lesson among them
    ancestors: tuple[Ancestor, ...] = ()  # of a lesson, the nearest first
    titles: dict[str, str] = Field(default_factory=dict)  # of those that the standing names, by uid


_BEGINNING = datetime.min.replace(tzinfo=UTC)
_ENDS = {
    Status.SUPERSEDED: "superseded",
    Status.DEPRECATED: "deprecated",
    Status.REVERTED: "reverted",
    Status.RESOLVED: "resolved",
    Status.EXPIRED: "expired",
}


def tell_timeline(memories: Iterable[Listed]) -> tuple[Event, ...]:
    """What happened, oldest first; what has no date comes first, in the order given.

    A month or a week without a day stands where it begins.
    A memory that ceased to hold on a known day is told twice: when it began, and when it ended.
    """
    events = [event for listed in memories for event in _events(listed)]
    return tuple(sorted(events, key=lambda event: event.at or _starts(event)))


def _starts(event: Event) -> datetime:
    """When the month or the week of an event begins that has no day."""
    figures = event.memory.revision.draft.figures
    return figures.period.start if figures and figures.period else _BEGINNING


def _events(listed: Listed) -> Iterator[Event]:
    memory, standing, spec = listed.memory, listed.standing, SPECS[listed.memory.kind]
    details = memory.revision.draft.details
    if isinstance(details, Run):
        yield from _of_run(memory, details)
        return
    began = memory.revision.began
    what = spec.happened_as.get(standing.status, spec.happened)
    yield Event(at=began, what=what, memory=memory)
    ended = _ENDS.get(standing.status)
    if ended and standing.valid_to:
        yield Event(at=standing.valid_to, what=ended, memory=memory)


def _of_run(run: Memory, details: Run) -> Iterator[Event]:
    """When it began, and when and how it was finished."""
    yield Event(at=details.begun or run.revision.recorded_at, what="begun", memory=run)
    if details.status is not Status.OPEN:
        what = SPECS[run.kind].happened_as.get(details.status, SPECS[run.kind].happened)
        yield Event(at=run.revision.draft.valid_from, what=what, memory=run)


class Rebuilt(Value):
    """What is kept of code beside what its files say when all of them are read anew."""

    files: int
    differing: tuple[str, ...] = ()  # what was otherwise, by file; it was replaced


class Verified(Value):
    """What was found; nothing of it needs doing at once."""

    stale: tuple[Listed, ...] = ()  # memories of which something changed, the worst first
    others: tuple[Listed, ...] = ()  # the rest of those that name something, if asked for
    counts: dict[str, int] = Field(
        default_factory=dict
    )  # memories by verdict, "cannot tell" among them
    fired: tuple[Fired, ...] = ()  # review triggers that have come true
    unwatched: tuple[Unwatched, ...] = ()  # those that no machine can watch
    overdue: tuple[Listed, ...] = ()  # flags still open past their day
    open_runs: tuple[RunLine, ...] = ()  # runs that nobody finished
    commit: str = ""  # that is checked out; "" without git
    problems: tuple[str, ...] = ()  # why what memories name was not looked at, if it was not
    code: Rebuilt | None = None  # of the facts of code, if they were read anew
    broken: tuple[CheckRow, ...] = ()  # checks of decisions that the code does not keep to
    untold: tuple[CheckRow, ...] = ()  # those of which it cannot be told
