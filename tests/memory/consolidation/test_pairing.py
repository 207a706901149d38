"""Pairs are found without comparing all, and they are those that comparing all finds."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.consolidation.pairing import sharing
from memory.learning.likeness import shared

WORDS = ("queue", "queues", "retry", "retried", "broker", "outbox", "never", "cache", "the", "7")
texts = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=0, max_size=12
)


@given(texts, st.sampled_from([0.3, 0.6, 0.7, 0.9, 1.0]))
def test_pairs_are_those_that_comparing_all_finds(said, least):
    numbered = list(enumerate(said))

    assert sharing(said, least) == [
        (at, other)
        for (at, one), (other, two) in combinations(numbered, 2)
        if shared(one, two) >= least
    ]


@pytest.mark.parametrize("least", [0.3, 0.6, 1.0])
def test_texts_without_words_are_like_nothing(least):
    assert sharing(["", "", "!"], least) == []
