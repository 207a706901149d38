"""What a coordination run was served, what came of it, and what was learned from that."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, JsonValue

from memory.models.details import Measured
from memory.models.kinds import Status


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Result(_Value):
    """What came of a run, in the one shape that all ways to say it are read into."""

    success: bool
    approach: str = ""  # what was done
    situation: str = ""  # in which it was done
    metrics: tuple[Measured, ...] = ()
    issues: tuple[str, ...] = ()
    alternative: str = ""  # what works, or might have worked, instead
    lessons: tuple[str, ...] = ()
    helped: tuple[str, ...] = ()  # uids of memories
    misled: tuple[str, ...] = ()  # likewise
    commits: tuple[str, ...] = ()
    task: str = ""  # for a result that no run was opened for
    modules: tuple[str, ...] = ()
    sender: str = ""  # who reports it, as the result itself says
    extra: dict[str, JsonValue] = {}  # whatever else it says


class Begun(_Value):
    """A run that was opened."""

    uid: str
    brief: str = ""  # what is known for its task; "" where none was wanted
    digest: str = ""  # of the brief
    tokens: int = 0  # of the brief
    reason: str = ""  # why the brief is not complete, or not there


class Taught(_Value):
    """What one lesson got out of a run."""

    uid: str
    title: str
    form: Literal["pattern", "antipattern", "best_practice"]
    what: Literal["added", "supported", "contradicted"]
    because: str = ""  # why it was taken to be about the same
    path: str | None = None  # the file that holds it
    problem: str = ""  # why no file tells of it yet


class Learned(_Value):
    """What was learned from a run."""

    run: str  # uid
    is_new: bool  # False when it had been learned before
    lessons: tuple[Taught, ...] = ()
    kept: tuple[str, ...] = ()  # fields that the result has and archmem knows nothing of
    complete: bool = True
    reason: str = ""  # why it is not complete


class Finished(_Value):
    """A run that came to an end."""

    uid: str
    status: Status  # done or failed
    is_new: bool  # False when the same was told before
    kept: tuple[str, ...] = ()  # fields that the result has and archmem knows nothing of
    learned: Learned | None = None  # None where that can wait


class RunLine(_Value):
    """A run in a few words."""

    uid: str
    task: str
    status: Status
    begun: AwareDatetime
    finished: AwareDatetime | None = None
    learned: bool = False
    modules: tuple[str, ...] = ()
    author: str = ""


class Runs(_Value):
    """Runs, those that were never finished first, the latest first."""

    runs: tuple[RunLine, ...] = ()
