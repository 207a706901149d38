from __future__ import annotations

from memory.texts.shortening import excerpt

FILLER = "Nothing to see in this sentence. " * 20


def test_a_short_passage_is_shown_whole():
    assert excerpt("A queue\nkeeps orders.", ["queue"], length=80) == "A queue keeps orders."


def test_headings_above_the_text_are_left_out_unless_there_is_nothing_else():
    assert excerpt("# Title\n\n## Context\n\nText.", [], length=80) == "Text."
    assert excerpt("# Title", [], length=80) == "# Title"


def test_the_part_with_most_of_the_words_is_shown():
    passage = f"{FILLER}The queue lost orders at every deploy. {FILLER}"

    shown = excerpt(passage, ["orders", "queue"], length=60)

    assert shown.startswith("… The queue lost orders at every deploy.")
    assert shown.endswith(" …")
    assert len(shown) <= 60 + 4


def test_of_equal_parts_the_first_is_shown():
    assert excerpt(FILLER, ["absent"], length=40) == "Nothing to see in this sentence. Nothing …"


def test_items_and_fields_are_told_apart_by_dots():
    passage = (
        "Status: open\nOwner: dana\n\n**Alternatives:**\n\n- one\n- two\n\n1. first\n2. second"
    )

    assert excerpt(passage, [], length=200) == (
        "Status: open · Owner: dana · **Alternatives:** · one · two · 1. first · 2. second"
    )


def test_lines_of_one_paragraph_are_joined():
    assert excerpt("one line\nand the next", [], length=80) == "one line and the next"


def test_a_word_longer_than_the_space_is_cut():
    assert excerpt("x" * 100, [], length=10) == "x" * 10 + " …"
