from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.texts.shortening import cut, shortened


def utf16(text):
    return len(text.encode("utf-16-le")) // 2


def as_json(text):
    return len(json.dumps(text, ensure_ascii=False).encode())


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
words = st.lists(st.sampled_from(["two", "words", "日本語", "😀", '"', "\n"])).map(" ".join)


@pytest.mark.slow
@pytest.mark.parametrize("measure", [len, utf16, as_json])
@given(text=texts | words, room=st.integers(-3, 250))
def test_a_text_is_its_beginning_and_has_the_room_it_was_given(measure, text, room):
    said = cut(text, room, measure)

    assert said == text or not said or said.endswith("…")
    assert text.startswith(said.removesuffix("…"))
    assert measure(said) <= room or not said


def test_as_much_is_kept_as_has_room():
    assert cut("x" * 99, 10, len) == "x" * 9 + "…"
    assert cut("😀" * 99, 10, utf16) == "😀" * 4 + "…"
    assert cut("x" * 9, 9, len) == "x" * 9


def test_words_stay_whole_where_that_costs_little():
    assert cut("some words more", 11, len) == "some words…"
    assert cut("some words more", 12, len) == "some words…"
    assert cut("some\nwords", 8, len) == "some…"
    assert cut("a " + "x" * 99, 20, len) == "a " + "x" * 17 + "…"
    assert len(cut("x" * 100 + " " + "y" * 99, 180, len)) == 180


def test_a_long_text_is_measured_no_further_than_it_has_room():
    measured = []

    def measure(text):
        measured.append(len(text))
        return len(text)

    cut("x" * 1_000_000, 100, measure)

    assert sum(measured[1:]) < 2_000


@pytest.mark.slow
@given(st.text(max_size=30), st.integers(1, 20))
def test_a_shortened_text_has_no_more_characters_than_allowed(text, longest):
    said = shortened(text, longest)

    assert said == text if len(text) <= longest else said[-1] == "…"
    assert len(said) <= longest
