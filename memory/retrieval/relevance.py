"""Says how likely a memory answers a text, on a scale that is the same for every text.

A score says which candidate is best; it says nothing of whether any of them is to the point.
Cosines do, and so does how much of the text's own words a memory has, in the units that one
model and one way of counting words give them.
"""

from __future__ import annotations

import json
import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder
from memory.ledger.facts import MODEL, find_fact

if TYPE_CHECKING:
    from memory.ledger.connection import Database
    from memory.retrieval.candidates import Candidate


class Evidence(NamedTuple):
    """What a candidate's relevance is worked out from."""

    meaning: float  # mean of the cosines of its nearest passage and of the whole, -1 to 1
    words: float  # log(1 + BM25), 0 or more


class Relevance(BaseModel):
    """A logistic regression on the evidence; with a named model's cosines only."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    model: str  # as `model_name` gives it
    bias: float
    meaning: float
    words: float
    threshold: float  # from here on a memory is worth showing to somebody who did not ask

    def of(self, candidate: Candidate) -> float | None:
        """How likely the candidate answers, 0 to 1; None for one that is not embedded."""
        evidence = evidence_of(candidate)
        if evidence is None:
            return None
        odds = self.bias + self.meaning * evidence.meaning + self.words * evidence.words
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, odds))))


@cache
def load_relevance() -> Relevance:
    """What `benchmarks/fit_prompts.py` wrote to `data/ranking.json`."""
    text = (data_folder() / "ranking.json").read_text(encoding="utf-8")
    return Relevance.model_validate(json.loads(text)["relevance"])


def relevance_in(db: Database) -> Relevance | None:
    """The regression, if it was fitted on the model that embedded this store."""
    fitted = load_relevance()
    return fitted if model_name(find_fact(db, MODEL) or "") == fitted.model else None


def model_name(model_id: str) -> str:
    """A model's id without its precision, which hardly moves its cosines."""
    return model_id.rpartition("/")[0]


def evidence_of(candidate: Candidate) -> Evidence | None:
    """The evidence for a candidate; None for one that is not embedded."""
    if candidate.passage is None or candidate.whole is None:
        return None
    return Evidence((candidate.passage + candidate.whole) / 2, math.log1p(candidate.words))
