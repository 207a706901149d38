"""Scores candidates: each signal scaled to one measure, weighted, and added up."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from memory.config import data_folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Weights(BaseModel):
    """What each signal counts for, after it is scaled."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    words: float
    passage: float
    whole: float
    force: float  # breaks near ties in favour of what does not say that it is over


@cache
def load_weights() -> Weights:
    """The weights that `benchmarks/fit_ranking.py` wrote to `data/ranking.json`."""
    text = (data_folder() / "ranking.json").read_text(encoding="utf-8")
    return Weights.model_validate(json.loads(text)["weights"])


@dataclass
class Ranked:
    """A memory with its score and what made it up."""

    uid: str
    score: float  # 0 to 1, comparable within one answer
    signals: dict[str, float] = field(default_factory=dict)
    because: str = ""


def rank(
    uids: Sequence[str], signals: Sequence[Mapping[str, float | None]], weights: Weights
) -> list[Ranked]:
    """Memories by the sum of their scaled and weighted signals, best first, ties by uid.

    Every signal is scaled so that the best candidate has 1 and the worst that has it 0, which
    makes signals of different units comparable. A text that is not embedded yet is taken to
    mean as much as its words do. A sum of scaled scores beat reciprocal rank fusion on every
    question set tried. The shares of a candidate that is best by every signal add up to 1.
    """
    by_name = weights.model_dump()
    known = [name for name in by_name if any(one.get(name) is not None for one in signals)]
    total = sum(by_name[name] for name in known) or 1.0
    words = _scaled([one.get("words") for one in signals], [0.0] * len(signals))
    shares: list[dict[str, float]] = [{} for _ in signals]
    for name in known:
        scaled = _scaled([one.get(name) for one in signals], words)
        for share, value in zip(shares, scaled, strict=True):
            share[name] = value * by_name[name] / total
    ranked = [
        Ranked(uid, sum(share.values()), share) for uid, share in zip(uids, shares, strict=True)
    ]
    return sorted(ranked, key=lambda one: (-one.score, one.uid))


def _scaled(values: Sequence[float | None], instead: Sequence[float]) -> list[float]:
    """Values from 0 for the least to 1 for the greatest, and others instead of those missing."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return [
        other if value is None else (value - low) / (high - low) if high > low else 1.0
        for value, other in zip(values, instead, strict=True)
    ]
