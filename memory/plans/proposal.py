"""How likely a step proposes one way rather than the ways that hold."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vectors = Mapping[str, NDArray[np.float32]]  # of texts, each of length 1


#: Below this cosine two sentences speak of different things, whatever else they are nearer to:
#: of 14 steps that conflict over the sample project none had less than 0.51.
APART = 0.4
#: What the words "go back to" add to the log-odds: what one goes back to is as a rule outdated.
RETURNING = 2.0


class Evidence(NamedTuple):
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

    def of(self, evidence: Evidence, *, returns: bool = False) -> float:
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
        return 1.0 / (1.0 + math.exp(-max(-60.0, min(60.0, odds))))


@cache
def load_likeness() -> Likeness:
    """What `benchmarks/plan_check.py` wrote to `data/plan_check.json`."""
    text = (data_folder() / "plan_check.json").read_text(encoding="utf-8")
    return Likeness.model_validate_json(text)


def nearest(text: str, others: Sequence[str], vectors: Vectors) -> str:
    """Of some other texts the nearest to a text, the first of equals; "" where there is none."""
    return max(others, key=lambda other: cosine(text, other, vectors), default="")


def cosine(text: str, other: str, vectors: Vectors) -> float:
    """How near two texts are, -1 to 1; 0 where one is empty."""
    return float(vectors[text] @ vectors[other]) if text and other else 0.0


def own_words(
    said: frozenset[str],
    way: frozenset[str],
    others: frozenset[str],
    rarity: Mapping[str, float],
) -> float:
    """How much of what is said is said in a way's own words, less what is in the others' own.

    Args:
        said: The words of what is proposed.
        way: Those of the way.
        others: Those of the ways that hold.
        rarity: Of each word, 0 for one that all texts have, 1 for one that none has.
    """
    total = sum(rarity[word] for word in said)
    own = sum(rarity[word] for word in said & (way - others))
    theirs = sum(rarity[word] for word in said & (others - way))
    return (own - theirs) / total if total else 0.0
