"""What is how likely: the one place that turns nearness into a likelihood, 0 to 1.

The sum that candidates are ranked by says which is best; it says nothing of whether any of them is
to the point. That is told by a logistic regression on evidence, fitted on one model's cosines by a
benchmark that `data/` names.
A hit's score is how likely the first one is to the point, times the hit's share among all.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.ledger.store_facts import MODEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory.ledger.interface.database import Database
    from memory.models.answer import Hit
    from memory.retrieval.candidates import Candidate

CERTAIN = 1e-4  # a likelihood that is nearer to 0 or 1 is taken to be as near as this

HitT = TypeVar("HitT", bound="Hit")


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


class Usefulness(BaseModel):
    """How likely a memory is of use for a task: a logistic regression on how it was found."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    bias: float
    behind: float  # by how much a search scores it lower than the best of its kind, 0 to 1
    kinship: float  # how much more than others it is like what was found, -1 to 1
    relevance: float  # log-odds that it has to do with the task

    def of(self, relevance: float, behind: float, kinship: float) -> float:
        """How likely it is of use, 0 to 1."""
        odds = self.bias + self.behind * behind + self.kinship * kinship
        return likelihood(odds + self.relevance * log_odds(relevance))


@cache
def load_usefulness() -> Usefulness:
    """What `benchmarks/fit_usefulness.py` wrote to `data/ranking.json`."""
    return Usefulness.model_validate(_fitted("usefulness"))


def are_likely(hits: Iterable[HitT]) -> list[HitT]:
    """Those of some hits that are likely to be to the point, as far as somebody can say."""
    least = load_relevance().answers
    return [one for one in hits if one.relevance is None or one.relevance >= least]


@cache
def load_relevance() -> Relevance:
    """What `benchmarks/fit_relevance.py` wrote to `data/ranking.json`."""
    return Relevance.model_validate(_fitted("relevance"))


def _fitted(name: str) -> object:
    return json.loads((data_folder() / "ranking.json").read_text(encoding="utf-8"))[name]


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


def likelihood(odds: float) -> float:
    """What log-odds are as a likelihood, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, odds))))


def log_odds(likely: float) -> float:
    """What a likelihood is as log-odds; certainty has some that are finite."""
    likely = min(1.0 - CERTAIN, max(CERTAIN, likely))
    return math.log(likely / (1.0 - likely))
