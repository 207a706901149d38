"""What no longer holds, or waits for somebody, as a look at everything found it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from memory.models.answer import Listed
from memory.models.outcome import RunLine
from memory.models.trigger import Fired, Unwatched


class Verified(BaseModel):
    """What was found; nothing of it needs doing at once."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    stale: tuple[Listed, ...] = ()  # memories of which something changed, the worst first
    others: tuple[Listed, ...] = ()  # the rest of those that name something, if asked for
    counts: dict[str, int] = {}  # memories by verdict, "cannot tell" among them
    fired: tuple[Fired, ...] = ()  # review triggers that have come true
    unwatched: tuple[Unwatched, ...] = ()  # those that no machine can watch
    overdue: tuple[Listed, ...] = ()  # flags still open past their day
    open_runs: tuple[RunLine, ...] = ()  # runs that nobody finished
    commit: str = ""  # that is checked out; "" without git
    problems: tuple[str, ...] = ()  # why what memories name was not looked at, if it was not
