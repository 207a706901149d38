"""Asks the pair model; importing this loads neither numpy nor a tokeniser."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class PairChances(NamedTuple):
    """What a second text is to a first; the three add up to 1."""

    keeps: float
    neither: float
    breaks: float


@lru_cache(maxsize=4_096)
def judge_pair(first: str, second: str) -> PairChances:
    """What the second text is to the first, by the model that comes with archmem.

    Raises:
        ModelNotFound, ModelNotUsable: it is not there or not whole.
    """
    from memory.retrieval.embedding.pair_model import load_pair_model

    return load_pair_model().judge(first, second)
