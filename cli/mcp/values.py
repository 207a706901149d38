"""What the tools return: small flat values, their texts harmless, for models to read.

Every text is a `Line` or a `Text`, so that none can get out unquoted. What has its default is left
out of what is sent: a field that a reader does not see is empty or false. `next` goes on where a
result was cut.
"""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    JsonValue,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from memory.texts.quoting import harmless, harmless_line, harmless_value

Line = Annotated[str, AfterValidator(harmless_line)]
Text = Annotated[str, AfterValidator(harmless)]
Fields = Annotated[dict[str, JsonValue], AfterValidator(harmless_value)]


class WireValue(BaseModel):
    """Something that is sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_serializer(mode="wrap")
    def _only_what_it_says(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        return {
            name: said
            for name, said in handler(self).items()
            if fields[name].is_required() or said != fields[name].default
        }


class Item(WireValue):
    """A memory, in short."""

    uid: Line
    kind: Line
    title: Line
    number: int | None = None  # of a decision
    status: Line
    in_force: bool
    trust: Line
    citation: Line  # path:lines@commit
    date: Line = ""  # the day on which it began to hold
    dated_by: Line = ""  # dated by its text, or committed: its file was there by then
    modules: list[Line] = []
    replaced_by: list[Line] = []  # what is in force in its place, or else superseded it
    proposed: list[Line] = []  # what is only proposed in its place
    amended_by: list[Line] = []  # all three as "uid title"
    freshness: Line = ""  # what it names and is no longer there, or no longer so
    premises: list[Line] = []  # baselines that it rests on and that have moved
    confidence: Line = ""  # how far a lesson is borne out


class HitItem(Item):
    """A memory that answers a question."""

    score: float
    heading: Line = ""  # above the passage
    passage: Text
    why: Line = ""  # it stands here
    outcome: Line = ""  # of what was tried


class SearchResult(WireValue):
    """The hits for a question, best first."""

    hits: list[HitItem]
    known: bool = True  # false: nothing here is known to answer, the hits only come nearest
    complete: bool
    reason: Line = ""  # why it is not complete
    next: Line = ""


class Whole(Item):
    """All that is known of a memory, its text page by page."""

    body: Text
    author: Line = ""
    recorded_at: Line = ""
    agent: Line = ""
    tags: list[Line] = []
    revision: int  # 0 if only git tells of it
    revisions: int
    pending_file: bool = False
    details: Fields = {}
    norms: list[Line] = []  # what it demands: "forbids: Docker Hub is no longer allowed"
    links: list[Line] = []  # "supersedes dec-… its title", "dec-… its title supersedes it"
    history: list[Line] = []  # its revisions, the latest first
    next: Line = ""


class Happening(WireValue):
    """Something that happened to a module."""

    date: Line = ""
    event: Line
    uid: Line
    kind: Line
    title: Line
    trust: Line
    citation: Line


class TimelineResult(WireValue):
    """How a module evolved."""

    module: Line
    events: list[Happening]
    total: int
    next: Line = ""


class FlagItem(WireValue):
    """A flag, in short."""

    uid: Line
    revision: int
    title: Line
    status: Line
    severity: Line = ""
    blocking: bool = False
    sender: Line = ""
    receivers: list[Line] = []
    owner: Line = ""
    due: Line = ""
    overdue: bool = False
    acknowledged_by: Line = ""
    suggested_action: Text = ""
    modules: list[Line] = []
    date: Line = ""
    trust: Line
    citation: Line


class Flagged(WireValue):
    """Flags, what blocks first."""

    flags: list[FlagItem]
    total: int
    blocking: int
    changed: bool = False  # whether one was settled just now
    said: Line = ""  # what was done, or why nothing was
    path: Line = ""  # the file that says it
    pending: Line = ""  # why none does yet
    next: Line = ""


class Kept(WireValue):
    """What became of a record."""

    uid: Line
    is_new: bool
    path: Line = ""
    pending: Line = ""
    not_embedded: Line = ""
    withheld: tuple[Line, ...] = ()


class State(WireValue):
    """What the memory holds and lacks."""

    memories: dict[str, dict[str, int]]
    passages: int
    pending_embeddings: int
    pending_files: int
    last_index: Line = ""
    model: Line = ""
    problems: list[Line] = []


class FindingItem(WireValue):
    """A memory that bears on a step of a plan."""

    ground: Line  # why it does
    conflicts: bool = False
    uid: Line
    title: Line
    citation: Line
    reason: Line
    sentence: Line = ""  # of the memory, that decides
    instead: list[Line] = []  # what holds in its place, as "uid title"


class CheckedItem(WireValue):
    """A step of a plan, and what memory says to it."""

    number: int
    verdict: Line
    step: Line
    modules: list[Line] = []
    findings: list[FindingItem]
    more: int = 0  # findings that are left out


class SeriesItem(WireValue):
    """Measurements of one metric in one environment."""

    metric: Line
    environment: Line = ""
    unit: Line = ""
    better: Line = ""
    uid: Line  # of the latest
    citation: Line  # likewise
    violated: bool = False  # past its threshold
    moved: Line  # how the latest compares with the one before
    points: list[Line]  # "day value", the latest first


class BaselineResult(WireValue):
    """What was measured."""

    series: list[SeriesItem]
    total: int
    next: Line = ""


class Explanation(Item):
    """Why a memory stands as it does."""

    reasons: list[Line]
    ancestors: list[Line] = []  # what a lesson was learned from, "learned in run-… its title"


class Briefed(WireValue):
    """What is known for a task."""

    text: Text  # Markdown
    tokens: int
    digest: Line
    served: int  # memories in it
    complete: bool
    reason: Line = ""  # why it is not complete


class LessonItem(WireValue):
    """What a lesson got out of a run."""

    uid: Line
    title: Line
    form: Line
    what: Line  # added, supported or contradicted
    because: Line = ""  # why it was taken to be about the same
    path: Line = ""
    problem: Line = ""  # why no file tells of it yet


class RunItem(WireValue):
    """A run, in short."""

    uid: Line
    task: Line
    status: Line
    begun: Line
    finished: Line = ""
    learned: bool = False
    modules: list[Line] = []
    author: Line = ""


class Ran(WireValue):
    """What became of a run, or which there are."""

    uid: Line = ""
    status: Line = ""
    is_new: bool = True
    brief: Text = ""
    digest: Line = ""  # of the brief
    beside: list[Line] = []  # what speaks against doing a plan's step now
    unknown_fields: list[Line] = []  # of the result: kept, and not understood
    lessons: list[LessonItem] = []
    more: int = 0  # lessons that are left out
    runs: list[RunItem] = []
    reason: Line = ""  # why it is not complete
    next: Line = ""


class Planned(WireValue):
    """What was done with a plan, and how it is, in rows."""

    uid: Line = ""
    revision: int = 0  # its number, of a plan that is shown or followed
    verdict: Line = ""  # of a plan that is checked; of one that is closed, done or failed
    rows: list[Fields] = []
    text: Text = ""  # what engineers are told, in Markdown
    steps: list[CheckedItem] = []  # of a plan that is not kept
    complete: bool = True
    reason: Line = ""  # why it is not complete
    next: Line = ""


class LearnResult(WireValue):
    """What was learned."""

    run: Line  # uid
    is_new: bool
    lessons: list[LessonItem]
    more: int = 0  # that are left out
    complete: bool
    reason: Line = ""  # why it is not complete


class TidyItem(WireValue):
    """Something that could be tidied, or was."""

    id: Line
    state: Line  # proposed, applied, half applied, undone …; done or not, just now
    type: Line = ""  # merge, contradiction or retirement
    memories: list[Line] = []  # "uid title"
    reasons: list[Line] = []
    consequence: Line  # what applying it does, or what was done


class Tidied(WireValue):
    """What could be tidied, what was, and what became of what was named."""

    items: list[TidyItem]
    note: Line = ""  # what proposals lack
    next: Line = ""


class Doubt(WireValue):
    """Something that no longer holds, or waits for somebody."""

    what: Line  # stale, review trigger, overdue flag, unfinished run, unwatched trigger
    uid: Line
    title: Line
    why: Line
    citation: Line = ""


class VerifyResult(WireValue):
    """What was found when everything was looked at again."""

    doubts: list[Doubt]
    total: int
    looked_at: Line = ""  # memories by what they name: "2 changed, 40 fresh"; why not, if so
    next: Line = ""
