import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memory.retrieval.passages import (
    LONGEST,
    LONGEST_HEADING,
    MAX_PASSAGES,
    cut_passages,
    plain_text,
)
from tests.builders import a_draft

PROSE = "The queue holds what the worker has yet to write. "


def cut(body, **changes):
    return cut_passages(a_draft(**({"title": "Queue", "body": body, "lines": None} | changes)))


def words(text) -> list[str]:
    return re.findall(r"\w+", text)


def said(passages) -> list[str]:
    """All words of all passages and of the headings that stand above them."""
    return words(" ".join(f"{one.heading} {one.text}" for one in passages))


def test_a_short_text_is_one_passage():
    [passage] = cut("One line.\nAnother.")

    assert (passage.title, passage.heading, passage.text) == ("Queue", "", "One line.\nAnother.")


def test_a_passage_stands_below_its_headings_without_the_title_again():
    passages = cut(
        f"# 3. Queue\n\n## Context\n\n### Load\n\n{PROSE * 10}\n\n## End\n\n{PROSE * 10}"
    )

    assert [one.heading for one in passages] == ["Context > Load", "End"]


def test_underlined_headings_count_as_well():
    passages = cut(f"Queue\n=====\n\nContext\n-------\n\n{PROSE * 10}")

    assert [one.heading for one in passages] == ["Context"]


def test_short_sections_are_joined_and_keep_their_headings_in_the_text():
    [passage] = cut("## Status\n\nAccepted.\n\n## Decision\n\nWe use it.")

    assert (passage.heading, passage.text) == ("Status", "Accepted.\nDecision: We use it.")


@pytest.mark.parametrize(
    "heading",
    ["Table of Contents", "Contents", "TOC", "Changelog", "Change Log", "7. References", "License",
     "Authors", "Revision history", "**Links**"],
)  # fmt: skip
def test_sections_that_say_nothing_are_left_out(heading):
    passages = cut(f"# Queue\n\n{PROSE}\n\n## {heading}\n\n- skipped\n\n### Below\n\nskipped\n\n"
                   "## Back\n\nkept")  # fmt: skip

    assert "skipped" not in said(passages)
    assert "kept" in said(passages)


def test_front_matter_comments_metadata_and_link_definitions_are_left_out():
    body = (
        "---\nowner: skipped\n---\n# Queue\n\n* Status: skipped\n**Date:** skipped\n\n"
        "<!-- skipped\nskipped\n-->\n\nKept.\n\n[1]: skipped://x\n  - Deciders: skipped\n"
    )

    assert said(cut(body)) == ["Kept"]


def test_links_are_said_by_their_words():
    assert plain_text("See [the ADR](0001.md), ![x](y.png)[b][1] and `code` at https://x.y/z") == (
        "See the ADR, b and code at  "
    )


def test_of_code_the_beginning_is_kept():
    body = "```python\n" + "\n".join(f"line{n}" for n in range(40)) + "\n```\n\nAfter it."

    assert {"line0", "line11", "After"} <= set(said(cut(body)))
    assert "line12" not in said(cut(body))


def test_a_heading_in_code_is_no_heading():
    [passage] = cut("```\n# comment\n```\ntext")

    assert (passage.heading, passage.text) == ("", "# comment\ntext")


@pytest.mark.parametrize("body", ["# Queue", "---\na: b\n---", "<!-- nothing -->", " ", "## Links"])
def test_a_text_that_says_nothing_is_found_by_its_title(body):
    [passage] = cut(body)

    assert passage.text == "Queue"


def test_lines_are_those_of_the_file_when_the_body_is_verbatim():
    body = f"# Queue\n\n{PROSE * 10}\n\n## Next\n\n{PROSE * 10}\n{PROSE * 6}\n"

    assert [one.lines for one in cut(body, lines=(101, 109))] == [(2, 2), (6, 7)]


def test_lines_are_the_whole_entrys_when_it_is_not():
    passages = cut(f"{PROSE * 15}\n\n{PROSE * 15}", lines=(4, 5))

    assert [one.lines for one in passages] == [None, None]
    assert passages[0].lines_in((4, 5)) == (4, 5)


def test_without_lines_there_are_none():
    assert cut("text")[0].lines is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    [
        "word " * 1_000_000,
        "x" * 5_000_000,
        "[" * 200_000,
        "![" * 100_000,
        "[a](" * 100_000,
        "[a][" * 100_000,
        " " * 200_000 + "x",
        "# a" + " " * 200_000 + "b",
        "# " + "#" * 200_000 + "b",
        "- " + " " * 200_000 + "date",
        "x\n" + "=" * 200_000 + "y",
        "<a" * 100_000,
        "*" * 200_000,
        "<!--" * 100_000,
        "```" * 100_000,
        "\n" * 200_000 + "x",
        "# a\n" * 50_000,
    ],
    ids=lambda body: f"{body[:4]!r}",
)
def test_no_text_takes_long(body):
    started = time.perf_counter()

    passages = cut(body)

    assert time.perf_counter() - started < 5
    assert 1 <= len(passages) <= MAX_PASSAGES


LINES = st.sampled_from(
    ["", "", "plain words here", "# One", "## Two", "### Three", "- item", "> quote", "| a | b |",
     PROSE * 4, PROSE * 30, "x" * 2000, "1. first", "    indented", "===", "日本語。文です。",
     "```", "~~~", "<!-- a", "-->", "[a]: b", "Status: x", "## Contents", "---", "\ufeff---", "|"]
)  # fmt: skip


@pytest.mark.slow
@given(st.lists(LINES, min_size=1, max_size=25).map("\n".join).filter(bool) | st.text(min_size=1))
@example("a\n---")
@example("\n\n\n")
def test_whatever_the_text_the_passages_are_within_their_bounds(body):
    last = 10 + body.count("\n")
    passages = cut(body, lines=(10, last))

    assert 1 <= len(passages) <= MAX_PASSAGES
    for one in passages:
        assert one.text.strip()
        assert len(one.text) <= LONGEST or one.text == "Queue"
        assert all(len(part) <= LONGEST_HEADING for part in one.heading.split(" > "))
        first, end = one.lines
        assert 0 <= first <= end <= last - 10


PLAIN_LINES = st.lists(
    st.sampled_from(["", "alpha beta.", "gamma, delta", "- epsilon", PROSE * 3, PROSE * 25,
                     "1. one", "# Heading words", "### Deeper words", "> cited; words",
                     "x" * 1000]),
    min_size=1, max_size=25,
)  # fmt: skip


@pytest.mark.slow
@given(PLAIN_LINES)
def test_every_word_is_in_some_passage_and_found_in_its_lines(lines):
    """All but headings below which nothing stands."""
    numbered = [f"{line} n{number}" if line else "" for number, line in enumerate(lines)]
    if not any(line and not line.startswith("#") for line in numbered):
        return
    passages = cut("\n".join(numbered), lines=(1, len(numbered)))

    all_said = set(said(passages))
    for line in numbered:
        if not line.startswith("#"):
            # A word longer than a passage is cut, and so is what follows it.
            assert {word for word in words(line) if len(word) < LONGEST} <= all_said
    for one in passages:
        first, end = one.lines
        there = set(words("\n".join(numbered[first : end + 1])))
        above = set(words("\n".join(line for line in numbered[: end + 1] if line.startswith("#"))))
        assert {word for word in words(one.text) if len(word) < 100} <= there | above
