"""Tokens are counted the same everywhere, and never too few where WordPiece has too few."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.retrieval.embedding import tokens
from memory.retrieval.embedding.tokens import count_tokens, with_margin, within_margin


def test_words_and_marks_are_tokens():
    assert count_tokens("Use a queue.") == 5  # and the end of the line


def test_lines_have_as_many_tokens_as_their_text():
    assert count_tokens("one two\nthree") == count_tokens("one two") + count_tokens("three")


@pytest.mark.parametrize("text", ["日本語", "🚀", "Ωmega", "\ue000", "naïve"])
def test_what_is_not_ascii_counts_by_its_bytes_at_least(text):
    beyond = "".join(char for char in text if not char.isascii())

    assert count_tokens(text) > len(beyond.encode())


def test_a_word_that_the_vocabulary_does_not_know_counts_by_its_bytes():
    assert count_tokens("x" * 150) > 150


def test_digits_count_one_by_one():
    assert count_tokens("20261122") == 9


def test_white_space_counts():
    assert count_tokens("    x") > count_tokens("x")
    assert count_tokens("\n\n\n") == 4


def test_special_tokens_in_a_text_are_text():
    assert count_tokens("[UNK]") >= 3


@pytest.mark.slow
def test_a_text_without_an_end_is_read_in_parts():
    assert count_tokens("a b " * 50_000) >= 100_000


@given(st.integers(1, 10**6))
def test_a_count_within_the_margin_of_a_budget_is_within_the_budget(budget):
    assert with_margin(within_margin(budget)) <= budget


@given(st.text())
def test_any_text_can_be_counted(text):
    assert count_tokens(text) >= text.count("\n") + 1


@given(st.text(), st.text())
def test_a_text_has_no_more_tokens_than_its_lines(one, other):
    assert count_tokens(f"{one}\n{other}") == count_tokens(one) + count_tokens(other)


def test_the_counts_that_are_kept_are_bounded_and_hold_no_text(monkeypatch):
    monkeypatch.setattr(tokens, "_MOST_KEPT", 3)
    monkeypatch.setattr(tokens, "_counted", kept := {})

    counts = [count_tokens(f"line {number} of many") for number in range(10)]

    assert counts == [count_tokens(f"line {number} of many") for number in range(10)]
    assert len(kept) <= 3
    assert all(isinstance(key, bytes) and len(key) == 16 for key in kept)
