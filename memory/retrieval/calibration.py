"""What is how likely: the one place that turns nearness into a likelihood, 0 to 1.

The sum that candidates are ranked by says which is best; it says nothing of whether any of them is
to the point, and neither does a cosine of whether a step proposes what it is near to. Both are
told by a logistic regression on evidence, fitted on one model's cosines by a benchmark that `data/`
names.
A hit's score is how likely the first one is to the point, times the hit's share among all.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.ledger.facts import MODEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.ledger.interface.database import Database
    from memory.retrieval.candidates import Candidate


class MatchEvidence(NamedTuple):
    """What a candidate's relevance is worked out from."""

    meaning: float  # cosine of its best passage, less what that loses by its depth
    opening: float  # cosine of its first passage, -1 to 1
    words: float  # share of the BM25 that a text full of the question's words would have
    agreement: float  # 1 if it is among the best by words too, else 0


class Relevance(BaseModel):
    """A logistic regression on the evidence; with a named model's cosines only."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    model: str  # as `model_name` gives it
    bias: float
    meaning: float
    opening: float
    words: float
    agreement: float
    sharpness: float  # how fast the chance to be the answer falls with the rank's score
    answers: float  # where the first hit has less, nothing is known to answer
    unasked: float  # from here on a memory is worth showing to somebody who did not ask

    def of(self, candidate: Candidate) -> float | None:
        """How likely the candidate has to do with the question; None if it is not embedded."""
        evidence = evidence_of(candidate)
        if evidence is None:
            return None
        return likelihood(
            self.bias
            + self.meaning * evidence.meaning
            + self.opening * evidence.opening
            + self.words * evidence.words
            + self.agreement * evidence.agreement
        )

    def shares(self, scores: Sequence[float]) -> list[float]:
        """How likely each of some hits is the answer, if one of them is; they add up to 1.

        Args:
            scores: As they were ranked by.
        """
        highest = max(scores, default=0.0)
        odds = [math.exp(self.sharpness * (score - highest)) for score in scores]
        return [one / sum(odds) for one in odds]


@cache
def load_relevance() -> Relevance:
    """What `benchmarks/fit_relevance.py` wrote to `data/ranking.json`."""
    text = (data_folder() / "ranking.json").read_text(encoding="utf-8")
    return Relevance.model_validate(json.loads(text)["relevance"])


def relevance_in(db: Database) -> Relevance | None:
    """The regression, if it was fitted on the model that embedded this store."""
    fitted = load_relevance()
    return fitted if model_name(db.facts.find(MODEL) or "") == fitted.model else None


def model_name(model_id: str) -> str:
    """A model's id without its precision, which hardly moves its cosines."""
    return model_id.rpartition("/")[0]


def evidence_of(candidate: Candidate) -> MatchEvidence | None:
    """The evidence for a candidate; None for one that is not embedded."""
    if candidate.passage is None or candidate.opening is None:
        return None
    return MatchEvidence(
        candidate.passage, candidate.opening, candidate.share, float(candidate.agrees)
    )


#: Below this cosine two sentences speak of different things, whatever else they are nearer to:
#: of 14 steps that conflict over the sample project none had less than 0.51.
APART = 0.4
#: What the words "go back to" add to the log-odds: what one goes back to is as a rule outdated.
RETURNING = 2.0


class ConflictEvidence(NamedTuple):
    """What a step and a way have in common, and what sets the way apart from those that hold."""

    near: float  # cosine of what is proposed and the nearest sentence of the way, -1 to 1
    ahead: float  # by how much it is nearer than the nearest way that holds; at most `near`
    words: float  # what it says in the way's own words, less in those of the others; -1 to 1


class Likeness(BaseModel):
    """A logistic regression on the evidence, and from where on it counts."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # how it was fitted is said there too
    model: str  # on whose cosines it was fitted
    bias: float
    near: float
    ahead: float
    words: float
    conflict: float  # how likely a step has to propose a way to conflict with it
    known: float  # how likely a memory has to be to the point, for something to be known

    def of(self, evidence: ConflictEvidence, *, returns: bool = False) -> float:
        """How likely the step proposes the way, 0 to 1; 0 where they are apart.

        Args:
            evidence: Of the step and the way.
            returns: Whether the step says that it goes back to what once was.
        """
        if evidence.near < APART:
            return 0.0
        odds = (
            self.bias
            + self.near * evidence.near
            + self.ahead * evidence.ahead
            + self.words * evidence.words
            + RETURNING * returns
        )
        return likelihood(odds)


@cache
def load_likeness() -> Likeness:
    """What `benchmarks/plan_check.py` wrote to `data/plan_check.json`."""
    text = (data_folder() / "plan_check.json").read_text(encoding="utf-8")
    return Likeness.model_validate_json(text)


def likelihood(odds: float) -> float:
    """What log-odds are as a likelihood, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, odds))))
