from indexer.history.messages import LONGEST, paragraphs, said_effect, short_message

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
