"""What could be tidied in a memory, and what was."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import AwareDatetime, BaseModel, ConfigDict

from memory.models.revision import Draft

ProposalType: TypeAlias = Literal["merge", "contradiction", "retirement"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Proposal(_Value):
    """A change that would make a memory say the same with less, or more truly."""

    id: str  # the same as long as nobody changes the memories
    type: ProposalType
    uids: tuple[str, ...]  # of a merge what stays first, of a contradiction what states it
    titles: tuple[str, ...]  # of the same
    reasons: tuple[str, ...]  # in words
    consequence: str  # what applying it does, in words


class Step(_Value):
    """What an application does to one memory."""

    uid: str
    before: int  # number of the revision that was newest
    wanted: Draft
    after: int | None = None  # number of the revision that it made; None while it has not
    undone: int | None = None  # number of the revision that brought the former words back


class Application(_Value):
    """A proposal that was applied, wholly or half."""

    proposal: Proposal
    steps: tuple[Step, ...]
    applied_at: AwareDatetime
    undone_at: AwareDatetime | None = None

    @property
    def state(self) -> Literal["applied", "half applied", "half undone", "undone"]:
        """How far it got; what was killed in between can be finished or undone."""
        if self.undone_at is not None:
            return "undone"
        if any(step.undone is not None for step in self.steps):
            return "half undone"
        if any(step.after is None for step in self.steps):
            return "half applied"
        return "applied"


class Outcome(_Value):
    """What became of one id."""

    id: str
    done: bool
    said: str  # what was done, or why nothing was


class Consolidated(_Value):
    """Proposals, what was applied before, and what became of those named now."""

    proposals: tuple[Proposal, ...] = ()
    applications: tuple[Application, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    note: str = ""  # what proposals lack
