"""What the parameters of the verbs may be; the signatures of `ArchMem` are made of these.

A request is the signature of a method: whoever is sent one validates it by that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Self, TypeAlias

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetPydanticSchema,
    JsonValue,
    model_validator,
)

from memory.models.brief import MOST_BUDGET, BriefForm
from memory.models.flagged import FlagAction
from memory.models.kinds import Kind
from memory.models.outcome import Result
from memory.models.plan import Plan, Step
from memory.models.selection import EVERYTHING, NOW, Lens, Name, Names, Selection

LONGEST_QUESTION = 20_000  # characters; a model reads the first thousand or two
MOST_HITS = 1_000
MOST_LISTED = 1_000_000  # memories; ten times what a store was measured with


def sent_as(kind: Any) -> GetPydanticSchema:
    """Marks a parameter that takes more from Python than can be sent: it is sent as `kind`."""
    return GetPydanticSchema(lambda _source, handler: handler(kind))


Question: TypeAlias = Annotated[str, Field(max_length=LONGEST_QUESTION)]
Hits: TypeAlias = Annotated[int, Field(ge=1, le=MOST_HITS)]
Count: TypeAlias = Annotated[int, Field(ge=1)]
Listed: TypeAlias = Annotated[int, Field(ge=1, le=MOST_LISTED)]
Budget: TypeAlias = Annotated[int, Field(ge=1, le=MOST_BUDGET)]  # tokens
Kinds: TypeAlias = Annotated[tuple[Kind, ...], Field(max_length=100)]
AnyPlan: TypeAlias = Annotated[Plan | str | Iterable[str | Step], sent_as(Plan)]
AnyResult: TypeAlias = Annotated[Result | Mapping[str, Any], sent_as(JsonValue)]
RunOrResult: TypeAlias = Annotated[str | Result | Mapping[str, Any], sent_as(Name | JsonValue)]


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
    lens: Lens = NOW


class Check(_Request):
    """Tell what is known of each step of a plan, and whether it speaks against it."""

    plan: Plan
    lens: Lens = NOW


class Brief(_Request):
    """Tell what is known for a task, under a budget."""

    task: Question = ""
    modules: Names = ()  # none for those that the task names
    agents: Names = ()  # each gets a slice
    budget: int | None = Field(None, ge=1, le=MOST_BUDGET)  # tokens; None for 4,000, or 100,000
    lens: Lens = NOW
    everything: bool = False  # the whole memory, not what is to the point
    form: BriefForm = "md"


class Related(_Request):
    """Find what has to do with a memory."""

    uid: Name  # or what it begins with, where that fits one memory only
    limit: int = Field(10, ge=1, le=MOST_HITS)


class Show(_Request):
    """Tell all that is known of a memory."""

    uid: Name
    lens: Lens = NOW


class Explain(_Request):
    """Say why a memory stands as it does."""

    uid: Name
    lens: Lens = NOW


class History(_Request):
    """Tell every revision of a memory."""

    uid: Name


class Timeline(_Request):
    """Tell how a module evolved."""

    module: Name
    lens: Lens = NOW


class Baselines(_Request):
    """Tell the measurements of a metric, or of all, as series."""

    metric: Name = ""  # or a part of its name; "" for all
    modules: Names = ()
    environment: Name = ""  # or a part of its name
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


class Flag(_Request):
    """List flags, or settle one."""

    action: FlagAction = "list"
    uid: Name = ""  # not to list
    evidence: Question = ""  # to resolve: words, a uid or a commit
    reason: Question = ""  # to expire
    by: Name = ""  # "" is the author
    domain: Name = ""  # to list: whose
    everything: bool = False  # to list: closed ones too
    author: Name | None = None  # None is who git says we are


class Consolidate(_Request):
    """Propose what could be tidied; apply what is named, or undo it."""

    apply: Names = ()  # ids of proposals, or "all"
    undo: Names = ()
    listing: bool = False  # tell what was applied
    author: Name | None = None

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if sum(map(bool, (self.apply, self.undo, self.listing))) > 1:
            raise ValueError("apply, undo or list, one at a time")
        return self


class RunStart(_Request):
    """Open a run, and say what is known for it."""

    task: Question
    modules: Names = ()
    agents: Names = ()
    budget: int | None = Field(None, ge=1, le=MOST_BUDGET)  # tokens, of the brief
    with_brief: bool = True
    author: Name | None = None  # None is who git says we are


class RunFinish(_Request):
    """Keep what came of a run, and learn from it."""

    uid: Name
    result: JsonValue  # in any shape that `memory.lessons.result_parser` reads
    learning: bool = True
    author: Name | None = None


class RunList(_Request):
    """List all runs, those that were never finished first."""

    lens: Lens = NOW


class Learn(_Request):
    """Turn what came of a run into lessons, or into evidence for and against known ones."""

    uid: Name | None = None  # of a finished run …
    result: JsonValue = None  # … or what came of something that no run was opened for
    author: Name | None = None

    @model_validator(mode="after")
    def _learns_from_one_thing(self) -> Self:
        if (self.uid is None) == (self.result is None):
            raise ValueError("name a run, or give a result")
        return self


class Verify(_Request):
    """Look again at what memories name, rest on and wait for."""

    modules: Names = ()
    kinds: Annotated[tuple[Kind, ...], Field(max_length=100)] = ()
    everything: bool = False  # what is fresh, over or derived too


class Status(_Request):
    """Tell what the memory holds and lacks."""
