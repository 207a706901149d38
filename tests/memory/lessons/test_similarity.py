"""Telling the same approach in a like situation from near misses.

`pairs.jsonl` has what two runs did and where, or two best practices, and whether that is the same,
labelled by hand. What is not the same is a near miss: the opposite, another technology or number,
another part of the system, another lever on the same problem. On the pairs that are `fitted` the
bounds and the words were chosen; the others, about other topics, were written before anybody asked
what comes of them, and nothing was changed because of them.
"""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.lessons.similarity import (
    Approach,
    differ,
    opposed,
    same_approach,
    same_rule,
    shared,
    sharing,
)

_LINES = (Path(__file__).parent / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
PAIRS = [json.loads(line) for line in _LINES]


def by_words(one, other):
    return None


def same(one, other, near):
    """Whether two approaches in their situations, or two practices without, are the same."""
    if len(one) == 1:
        return bool(same_rule(*one, *other, near))
    return bool(same_approach(Approach(*one), Approach(*other), near))


def check(near, *, fitted, least):
    """Check that of one part of the pairs no near miss is taken, and so many of the same are."""
    told = [
        (same(pair["one"], pair["other"], near), pair) for pair in PAIRS if pair["fitted"] is fitted
    ]
    assert [pair for taken, pair in told if taken and not pair["same"]] == []
    assert sum(taken for taken, pair in told if pair["same"]) >= least


def test_by_words_alone_no_near_miss_is_taken_for_the_same():
    check(by_words, fitted=True, least=26)  # of 48
    check(by_words, fitted=False, least=16)  # of 30


@pytest.mark.slow
def test_by_meaning_no_near_miss_is_taken_for_the_same():
    from memory.retrieval.embedding import load_embedder

    model = load_embedder(None, precision="fp32")
    vectors = {}

    def near(one, other):
        for text in (one, other):
            if text not in vectors:
                vectors[text] = model.encode_query(text)
        return float(vectors[one] @ vectors[other])

    check(near, fitted=True, least=42)  # of 48
    check(near, fitted=False, least=23)  # of 30


def test_it_does_not_matter_which_comes_first():
    for pair in PAIRS:
        one, other = pair["one"], pair["other"]
        assert same(one, other, by_words) == same(other, one, by_words)
        assert differ(one[0], other[0]) == differ(other[0], one[0])
        assert shared(one[0], other[0]) == shared(other[0], one[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Retry with jitter", "Retry without jitter"),
        ("Never deploy on Fridays", "Deploy on Fridays"),
        ("Use Redis for sessions", "Use Postgres for sessions"),
        ("Wait 3 seconds", "Wait 30 seconds"),
        ("Normalize addresses", "Denormalize addresses"),
        ("Make delivery synchronous", "Make delivery asynchronous"),
        ("Merge both services", "Split both services"),
        ("Run more workers at night", "Run fewer workers at night"),
        ("Check all tenants", "Check one tenant"),
    ],
)
def test_the_opposite_or_another_thing_is_never_the_same_however_near(one, other):
    assert differ(one, other)
    assert same_approach(Approach(one), Approach(other), lambda *_: 1.0) == ""


@pytest.mark.parametrize(
    "words", ["before", "after", "over", "than", "instead of", "in place of", "from"]
)
def test_what_is_turned_round_is_another_thing(words):
    one, other = f"Prefer brokers {words} tables", f"Prefer tables {words} brokers"

    assert differ(one, other)
    assert not differ(one, one.lower())


def test_what_replaces_is_told_from_what_is_replaced():
    assert differ("Replace polling by webhooks", "Replace webhooks by polling")
    assert differ("Migrate from MySQL to Postgres", "Migrate from Postgres to MySQL")
    assert not differ("Replace polling by webhooks", "Replace polling with webhooks")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Enable compression at the edge", "Disable compression at the edge"),
        ("Add retries of captures", "Remove retries of captures"),
        ("Raise the pool limit", "Lower the pool limit"),
        ("Synchronous delivery", "Asynchronous delivery"),
        ("Retry captures", "Never retry captures"),
        ("Optimistic locks", "Pessimistic locks"),
    ],
)
def test_a_pair_of_opposites_or_a_negation_makes_the_opposite(one, other):
    assert opposed(one, other)
    assert opposed(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Redis for sessions", "Postgres for sessions"),
        ("Enable compression", "Start compression"),
        ("Never retry", "Do not retry"),
    ],
)
def test_another_thing_is_no_opposite(one, other):
    assert not opposed(one, other)


def test_in_another_situation_it_is_not_the_same():
    one = Approach("Use event sourcing", "Disputes need a full history")
    other = Approach("Use event sourcing", "Preferences change rarely")

    assert same_approach(one, other, lambda a, b: 1.0 if a == b else 0.49) == ""
    assert same_approach(one, other, lambda a, b: 1.0 if a == b else 0.5)
    assert same_approach(one, one, by_words)


def test_an_approach_is_the_same_from_a_cosine_on():
    one, other = Approach("Queue jobs", "Deploys"), Approach("Queue all jobs", "Deploys")

    assert same_approach(one, other, lambda *_: 0.77) == ""
    assert same_approach(one, other, lambda *_: 0.78)
    assert same_rule(one.text, other.text, lambda *_: 0.77) == ""
    assert same_rule(one.text, other.text, lambda *_: 0.78)


def test_without_a_situation_the_approach_has_to_say_it_all():
    one = Approach("Move jobs into one queue")
    other = Approach("Move all jobs into one queue", "Deploys")

    assert same_approach(one, other, lambda *_: 0.89) == ""
    assert same_approach(one, other, lambda *_: 0.9)


def test_by_words_alone_nearly_all_of_them_have_to_be_shared():
    rule = "Announce breaking changes of interfaces weeks ahead"

    assert same_rule(rule, rule.replace(" of interfaces", ""), by_words)  # 10 of 11
    assert same_rule(rule, "Announce breaking changes", by_words) == ""


def test_texts_without_words_are_like_nothing():
    assert same_approach(Approach(""), Approach(""), lambda *_: 1.0) == ""
    assert same_approach(Approach("…"), Approach("!"), by_words) == ""
    assert same_rule("", "Measure", by_words) == ""


# Pairs are found without comparing all, and they are those that comparing all finds.

WORDS = ("queue", "queues", "retry", "retried", "broker", "outbox", "never", "cache", "the", "7")
texts = st.lists(
    st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join), min_size=0, max_size=12
)


@pytest.mark.slow
@given(texts, st.sampled_from([0.3, 0.6, 0.7, 0.9, 1.0]))
def test_pairs_are_those_that_comparing_all_finds(said, least):
    numbered = list(enumerate(said))

    assert sharing(said, least) == [
        (at, other)
        for (at, one), (other, two) in combinations(numbered, 2)
        if shared(one, two) >= least
    ]


@pytest.mark.parametrize("least", [0.3, 0.6, 1.0])
def test_no_pair_is_found_among_texts_without_words(least):
    assert sharing(["", "", "!"], least) == []
