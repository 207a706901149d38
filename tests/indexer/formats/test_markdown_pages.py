import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.markup.elements import (
    labels,
    links,
    list_items,
    plain,
    table_rows,
    without_code,
    without_comments,
)
from indexer.markup.page import read_page

PAGE = """\
---
# These are optional elements. Feel free to remove any of them.
status: accepted
number: 0012
tags: [a, b]
---

Before.

# The `title` of **it**

Text.

```md
# Not a heading
```

<!--
# Nor this
-->

## Sub {#anchor}

More
lines.

Next
====
"""


def test_the_characters_of_a_picture_within_a_page_are_no_part_of_its_targets():
    page = read_page(f"# Title\n\nSee [a].\n\n[a]: <data:image/png;base64,{'iVBOR' * 9}=>\n")

    assert page.definitions == {"a": "data:image/png;base64,"}


def test_a_page_is_sections_with_their_lines_and_paths():
    page = read_page(PAGE)

    found = [(each.level, each.title, each.lines, each.path) for each in page.sections]
    assert found == [
        (0, "", (7, 8), ()),
        (1, "The title of it", (10, 25), ()),
        (2, "Sub", (22, 25), ("The title of it",)),
        (1, "Next", (27, 28), ()),
    ]
    assert page.preamble.text == "Before."
    assert page.sections[2].text == "More\nlines."
    assert page.slice((24, 25)) == "More\nlines."
    assert page.sections[2].start == 24


def test_front_matter_keeps_scalars_as_written_and_its_comments_are_no_headings():
    front = read_page(PAGE).front

    assert front.data == {"status": "accepted", "number": "0012", "tags": ["a", "b"]}
    assert front.lines == (1, 6)
    assert front.problem is None


def test_broken_front_matter_is_a_problem_with_its_line_and_is_read_by_line():
    front = read_page("---\nname: x\ndescription: Use it: when needed\n---\n# T\n").front

    assert front.problem is not None
    assert front.problem[1] == 3
    assert front.data["description"] == "Use it: when needed"


def test_aliases_are_refused_since_they_can_grow_without_bound():
    page = read_page("---\na: &a [1, 2]\nb: [*a, *a]\n---\n")

    assert page.front.problem is not None
    assert "aliases" in page.front.problem[0]


def test_text_between_two_rules_is_not_front_matter():
    page = read_page("---\nSome words.\n---\n# T\n")

    assert page.front.lines is None


def test_deeply_nested_quotes_take_no_time_and_hide_no_headings():
    page = read_page("> " * 100 + "deep\n" + "> a\n" * 2_000 + "\n# After\n")

    assert [section.title for section in page.sections] == ["", "After"]


def test_plain_says_what_a_reader_of_the_rendered_page_sees():
    text = "**a** `Vec<T>` Vec<T> [x](y) [RFC 1][] ![alt](u)<br/> \\(see\\)[^1] a_b_c"

    assert plain(text) == "a Vec<T> Vec<T> x RFC 1 alt (see) a_b_c"


def test_comments_and_fences_are_blanked_line_by_line():
    assert without_comments("a <!-- b\nc --> d\n<!-- open") == "a \n d\n<!-- open"
    assert without_code("a\n```\nb\n```\nc\n~~~\nd") == "a\n\n\n\nc\n\n"


def test_links_are_resolved_and_those_in_code_are_none():
    found = links('[a](b.md "t") [RFC 1][] [RFC 2] `[c](d)` [e]', {"rfc 1": "u1", "rfc 2": "u2"})

    assert [(link.text, link.target) for link in found] == [
        ("a", "b.md"),
        ("RFC 1", "u1"),
        ("RFC 2", "u2"),
    ]


def test_labels_are_read_in_all_the_ways_they_are_set_off():
    text = (
        "**Status:** a\n**Status**: b\n- Status: c\n* **Date**: d\n"
        "Status: e\n_Status:_ f\n状态\uff1ag"
    )

    assert [label.value for label in labels(text)] == ["a", "b", "c", "d", "e", "f", "g"]


def test_a_label_has_the_nested_lines_below_it():
    found = labels("- Deciders:\n  - ann\n  - bob\n- Date: 2024\n\nA sentence: not\nhttp://x.y")

    assert [(label.name, label.value) for label in found] == [
        ("Deciders", "- ann\n- bob"),
        ("Date", "2024"),
        ("A sentence", "not"),
    ]


def test_list_items_are_the_outermost_with_what_is_below_them():
    found = list_items("- a\n  more\n  - b\n- c\n\nText.\n1. d\n")

    assert [item.text for item in found] == ["a\nmore\n- b", "c", "d"]
    assert found[0].lines == (1, 3)


def test_table_rows_leave_out_the_ruling_lines():
    assert table_rows("| a | b |\n|---|:-:|\n| c | d |\ntext | no") == (("a", "b"), ("c", "d"))


FRAGMENTS = ["# ", "## ", "---", "\n", "\n\n", "> ", "- ", "1. ", "  ", "\t", "```", "~~~", "`"]
FRAGMENTS += ["[a](b.md)", "[", "](", "|", "**", "_", "<!--", "-->", ": ", "Status: ", "é", "\x00"]
FRAGMENTS += ["=", "\r", "\u2028", "a", "ADR-1 ", "{", "}", "&a", "*a", "\ufeff", "\ud800"]


@pytest.mark.slow
@example("---\n---")
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
def test_reading_never_raises_and_every_line_is_accounted_for(text):
    page = read_page(text)

    total = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    assert len(page.lines) == total
    for section in page.sections:
        first, last = section.lines
        assert 1 <= first <= last + 1
        assert last <= total
        assert section.text in page.slice((section.start, last)) or not section.text
    for read in (plain, without_comments, without_code, links, labels, list_items, table_rows):
        read(text)
