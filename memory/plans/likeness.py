"""How likely a step proposes what a rule does not want: a logistic regression on evidence."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.retrieval.calibration import likelihood

if TYPE_CHECKING:
    from memory.plans.weigh import RuleOverlap


class Likeness(BaseModel):
    """The regression, with one model's cosines, and from where on it counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # how it was fitted is said there too
    model: str  # as `model_name` gives it
    bias: float
    near: float
    ahead: float
    says: float
    says_ahead: float
    within: float
    conflict: float  # how likely a step has to propose it to conflict

    def of(self, evidence: RuleOverlap) -> float:
        """How likely the step proposes it, 0 to 1."""
        return likelihood(
            self.bias
            + self.near * evidence.near
            + self.ahead * evidence.ahead
            + self.says * evidence.says
            + self.says_ahead * evidence.says_ahead
            + self.within * evidence.within
        )


@cache
def load_likeness() -> Likeness:
    """What `benchmarks/plan_check.py` wrote to `data/plan_check.json`."""
    text = (data_folder() / "plan_check.json").read_text(encoding="utf-8")
    return Likeness.model_validate_json(text)
