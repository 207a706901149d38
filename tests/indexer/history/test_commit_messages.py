import pytest

from indexer.history.commit_messages import (
    LONGEST,
    CommitSubject,
    folded,
    paragraphs,
    read_subject,
    said_effect,
    short_message,
)


@pytest.mark.parametrize(
    ("line", "subject"),
    [
        (
            "refactor(auth)!: gather checks (#12)",
            CommitSubject("refactor", "auth", "gather checks", "12"),
        ),
        ("fix: x (#1) (backport #2) (#3)", CommitSubject("fix", "", "x", "3")),
        (
            "[ENH](blockstore): split reads (#7444)",
            CommitSubject("enh", "blockstore", "split reads", "7444"),
        ),
        ("[CLN] Rename x", CommitSubject("cln", "", "Rename x")),
        ("SHOP-17: Move x to y", CommitSubject("", "", "Move x to y")),
        ("SHOP-17 - Move x to y SHOP-17 #time 10m", CommitSubject("", "", "Move x to y")),
        (":recycle: Move x to y", CommitSubject("", "", "Move x to y")),
        ("Move x to y", CommitSubject("", "", "Move x to y")),
        ("lib/db: Move x to y (fixes #12)", CommitSubject("", "lib/db", "Move x to y")),
        ("cmd/serve, api: move x", CommitSubject("", "cmd/serve, api", "move x")),
        ("Fixed, at last: x", CommitSubject("", "", "Fixed, at last: x")),
        ("", CommitSubject("", "", "")),
    ],
)
def test_a_subject_is_taken_apart(line, subject):
    assert read_subject(line) == subject


def test_titles_are_compared_without_numbers_and_case():
    assert folded("Split  Payments (#12)") == folded("split payments (#9) (#12)")


def test_a_subject_without_an_end_is_read_quickly():
    assert read_subject("refactor: " + "x (" * 50_000).type == "refactor"


BODY = """\
<!-- tell us what you did -->
## Description

Orders knew the gateway's errors.

## Checklist

- [x] I tested it
Guidelines are kept.

## Effect

It reduces the time of a checkout from 2140 ms to 610 ms.
![a picture](https://example.org/x.png)

Closes #12
Signed-off-by: Dana <dana@example.org>
Co-authored-by: Someone <s@example.org>
"""


def test_forms_trailers_and_comments_are_left_out():
    assert paragraphs(BODY) == [
        "Orders knew the gateway's errors.",
        "Effect",
        "It reduces the time of a checkout from 2140 ms to 610 ms.",
    ]


def test_an_effect_is_a_sentence_with_a_measure_and_a_change():
    assert said_effect(BODY) == "It reduces the time of a checkout from 2140 ms to 610 ms."
    assert said_effect("It is faster now. It has 12 ms in it.") == ""


def test_a_long_message_is_cut():
    assert len(short_message("word " * 5_000)) <= LONGEST
    assert short_message("one\n\n" + "word " * 5_000) == "one"


def test_hostile_messages_are_read_quickly():
    for text in (
        "<!--" * 50_000,
        "![" * 50_000,
        "#" * 200_000,
        "<details>" * 20_000,
        "- [" * 50_000,
    ):
        short_message(text)
        said_effect(text)
