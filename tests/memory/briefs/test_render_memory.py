"""Recalled text on one line, as long as it may be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.briefs.render_memory import fit, one_after_another, say, without_headings
from memory.retrieval.embedding.tokens import count_tokens


def test_of_sentences_each_ends_before_the_next_begins():
    assert one_after_another(["It is. ", "not chosen: a", "not chosen: b", ""]) == (
        "It is. not chosen: a; not chosen: b"
    )
    assert one_after_another([]) == ""


def test_a_text_is_cut_at_the_end_of_a_sentence():
    assert say("One two three. Four five six seven.", 25) == "One two three."


def test_the_number_of_an_item_ends_no_sentence():
    assert say("We do this: 1. First the seam, then the rest.", 26) == "We do this: 1. First..."


def test_without_a_sentence_words_stay_whole():
    assert say("alpha beta gamma delta", 15) == "alpha beta..."


def test_markup_and_tables_rules_are_left_out():
    assert say("**Bold** and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |", 100) == (
        "Bold and code | a | b | | 1 | 2 |"
    )


def test_headings_are_left_out_if_there_is_more():
    assert without_headings("# A\n\ntext") == "text"
    assert without_headings("# A") == "# A"


@pytest.mark.slow
@given(st.text(), st.integers(10, 200))
def test_no_line_is_longer_than_it_may_be(text, length):
    said = say(text, length)

    assert len(said) <= length
    assert "\n" not in said


@given(st.text(), st.integers(1, 60))
def test_a_text_fits_its_tokens(text, tokens):
    said = fit(text, tokens)

    assert not said or count_tokens(said) <= tokens
