"""Puts candidates in order: what answers best first, and what is in force before what it replaced."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.models.standing import Standing


class Weights(BaseModel):
    """What each signal counts for; the signals of relevance are scaled to 0..1 per question."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: float
    passage: float
    whole: float


@cache
def load_weights() -> Weights:
    """The weights that `benchmarks/fit_ranking.py` wrote to `data/ranking.json`."""
    text = (data_folder() / "ranking.json").read_text(encoding="utf-8")
    return Weights.model_validate(json.loads(text)["weights"])


@dataclass
class Ranked:
    """A memory with its score and what made it up."""

    uid: str
    score: float
    signals: dict[str, float] = field(default_factory=dict)
    because: str = ""


def score(signals: Sequence[Mapping[str, float | None]], weights: Weights) -> list[dict[str, float]]:
    """Each candidate's share of the score by signal, in the order given.

    Every signal is scaled so that the best candidate has 1 and the worst that has it 0, which
    makes signals of different units comparable; what an arm does not know counts as its worst.
    The shares of a candidate that is best by every signal add up to 1.
    """
    by_name = weights.model_dump()
    known = {
        name: [value for one in signals if (value := one.get(name)) is not None] for name in by_name
    }
    used = {name: weight for name, weight in by_name.items() if known[name]}
    total = sum(used.values()) or 1.0
    shares: list[dict[str, float]] = [{} for _ in signals]
    for name, weight in used.items():
        low, high = min(known[name]), max(known[name])
        for share, one in zip(shares, signals, strict=True):
            value = one.get(name)
            scaled = 0.0 if value is None else (value - low) / (high - low) if high > low else 1.0
            share[name] = scaled * weight / total
    return shares


def lift_current(ranked: list[Ranked], standings: Mapping[str, Standing]) -> list[Ranked]:
    """The same order, but what is in force stands before everything that it replaced.

    Of memories that are superseded, each heir at the end of the chain is lifted to just above
    the first of them.

    Args:
        ranked: Best first.
        standings: Of all ranked memories.
    """
    order: list[Ranked] = []
    placed: set[str] = set()
    by_uid = {one.uid: one for one in ranked}
    for one in ranked:
        if one.uid in placed:
            continue
        for heir in standings[one.uid].current:
            if heir in by_uid and heir not in placed:
                placed.add(heir)
                lifted = by_uid[heir]
                lifted.because = f"in force in place of {one.uid}"
                lifted.score = max(lifted.score, one.score)
                order.append(lifted)
        placed.add(one.uid)
        order.append(one)
    return order
