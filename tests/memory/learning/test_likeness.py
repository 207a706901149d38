"""Telling the same approach in a like situation from near misses."""

from __future__ import annotations

import pytest

from memory.learning.likeness import Said, differ, likeness, same_rule, shared
from tests.memory.learning.pairs import LESSONS, PAIRS


def by_words(one, other):
    return None


def found(near) -> list[tuple[bool, bool, str]]:
    """Whether each pair was taken to be the same, whether it is, and what it is."""
    pairs = [
        (likeness(Said(a, where), Said(b, elsewhere), near), same, f"{a} / {b}")
        for a, where, b, elsewhere, same in PAIRS
    ]
    rules = [(same_rule(a, b, near), same, f"{a} / {b}") for a, b, same in LESSONS]
    return [(bool(taken), same, name) for taken, same, name in pairs + rules]


def test_by_words_alone_no_near_miss_is_taken_for_the_same():
    told = found(by_words)

    assert [name for taken, same, name in told if taken and not same] == []
    assert sum(taken for taken, same, _ in told if same) >= 23  # of 48


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

    told = found(near)

    assert [name for taken, same, name in told if taken and not same] == []
    assert sum(taken for taken, same, _ in told if same) >= 38  # of 48


def test_it_does_not_matter_which_comes_first():
    for a, where, b, elsewhere, _ in PAIRS:
        one, other = Said(a, where), Said(b, elsewhere)
        assert bool(likeness(one, other, by_words)) == bool(likeness(other, one, by_words))
        assert differ(a, b) == differ(b, a)
        assert shared(a, b) == shared(b, a)


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
    ],
)
def test_the_opposite_or_another_thing_is_never_the_same_however_near(one, other):
    assert differ(one, other)
    assert likeness(Said(one), Said(other), lambda *_: 1.0) == ""


def test_in_another_situation_it_is_not_the_same():
    one = Said("Use event sourcing", "Disputes need a full history")
    other = Said("Use event sourcing", "Preferences change rarely")

    assert likeness(one, other, lambda a, b: 1.0 if a == b else 0.1) == ""
    assert likeness(one, one, by_words)


def test_without_a_situation_the_approach_has_to_say_it_all():
    one, other = Said("Move jobs into one queue"), Said("Move all jobs into one queue", "Deploys")

    assert likeness(one, other, lambda *_: 0.85) == ""
    assert likeness(one, other, lambda *_: 0.95)


def test_texts_without_words_are_like_nothing():
    assert likeness(Said(""), Said(""), lambda *_: 1.0) == ""
    assert likeness(Said("…"), Said("!"), by_words) == ""
    assert same_rule("", "Measure", by_words) == ""
