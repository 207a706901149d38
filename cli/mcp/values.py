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


class Value(BaseModel):
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


class Item(Value):
    """A memory, in short."""

    uid: Line
    kind: Line
    title: Line
    status: Line
    in_force: bool
    trust: Line
    citation: Line  # path:lines@commit
    date: Line = ""  # the day on which it began to hold
    modules: list[Line] = []
    replaced_by: list[Line] = []  # what is in force in its place, or else superseded it
    amended_by: list[Line] = []  # both as "uid title"
    freshness: Line = ""  # what it names and is no longer there, or no longer so
    premises: list[Line] = []  # baselines that it rests on and that have moved
    confidence: Line = ""  # how far a lesson is borne out


class Hit(Item):
    """A memory that answers a question."""

    score: float
    heading: Line = ""  # above the passage
    passage: Text
    why: Line = ""  # it stands here
    outcome: Line = ""  # of what was tried


class Found(Value):
    """The hits for a question, best first."""

    hits: list[Hit]
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
    revision: int
    revisions: int
    pending_file: bool = False
    details: Fields = {}
    links: list[Line] = []  # "supersedes dec-… its title", "dec-… its title supersedes it"
    history: list[Line] = []  # its revisions, the latest first
    next: Line = ""


class Happening(Value):
    """Something that happened to a module."""

    date: Line = ""
    event: Line
    uid: Line
    kind: Line
    title: Line
    trust: Line
    citation: Line


class History(Value):
    """How a module evolved."""

    module: Line
    events: list[Happening]
    total: int
    next: Line = ""


class FlagItem(Value):
    """A flag, in short."""

    uid: Line
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


class Flagged(Value):
    """Flags, what blocks first."""

    flags: list[FlagItem]
    total: int
    blocking: int
    changed: bool = False  # whether one was settled just now
    said: Line = ""  # what was done, or why nothing was
    path: Line = ""  # the file that says it
    pending: Line = ""  # why none does yet
    next: Line = ""


class Kept(Value):
    """What became of a record."""

    uid: Line
    is_new: bool
    path: Line = ""
    pending: Line = ""
    not_embedded: Line = ""


class State(Value):
    """What the memory holds and lacks."""

    memories: dict[str, dict[str, int]]
    passages: int
    pending_embeddings: int
    pending_files: int
    last_index: Line = ""
    model: Line = ""
    problems: list[Line] = []
