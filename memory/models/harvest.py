"""Decisions that a project's history tells of, and that nobody recorded: proposed, not known."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from memory.models.memory import Draft
from memory.models.runs import Outcome
from memory.models.value import Value

#: Of the chance that a reader would keep a proposal: below, it is less sure. See
#: benchmarks/fit_harvest.py.
SURE = 0.8
HarvestedFrom: TypeAlias = Literal[
    "commit", "dependency", "revert", "changelog", "document", "session"
]


class HarvestEvidence(Value):
    """Where the words stand from which a decision was read."""

    quote: str  # the sentence that gives the reason, on one line
    commit: str = ""  # full hash, of what a commit's message says
    path: str = ""  # of what a file says, or of the manifest that a commit changed
    line: int = 0  # 1-based, of the file or else of the message

    @property
    def place(self) -> str:
        """Where to look, in a few words."""
        at = f"{self.path}:{self.line}" if self.path else f"line {self.line}"
        return f"commit {self.commit[:12]}, {at}" if self.commit else at


class HarvestProposal(Value):
    """A decision that somebody may have taken, with what speaks for it."""

    id: str  # the uid of the decision, once it is accepted
    origin: HarvestedFrom
    draft: Draft
    evidence: HarvestEvidence
    chance: float = Field(ge=0, le=1)  # that a strict reader would keep it; of rules as one did


class Harvested(Value):
    """What a harvest proposes, or what came of accepting and refusing."""

    proposals: tuple[HarvestProposal, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    commits: int = 0  # that were looked at, of all there are as far as the bound goes
    less_sure: int = 0  # proposals that were left out
    sessions: int = 0  # of coding agents that were looked at instead
    is_all: bool = True  # False where there are more commits than the bound lets be looked at
    by_words: str = ""  # why commits were judged by words alone, which finds fewer; else nothing
    problems: tuple[str, ...] = ()  # what could not be read

    def only_sure(self) -> Harvested:
        """The same without the proposals that are less sure, which are counted."""
        sure = tuple(one for one in self.proposals if one.chance >= SURE)
        left_out = len(self.proposals) - len(sure)
        return self.model_copy(update={"proposals": sure, "less_sure": left_out})
