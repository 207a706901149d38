import pytest

from memory.models.details import Decision
from memory.norms.stances import goes_back, stances_of, turns_against
from tests.builders import a_memory

BODY = """# Use a shared clock

## Context

Times are hard to test.

## Decision

A clock is injected everywhere.
Other ways to tell the time shall not be used.

## Alternatives

### A library

Mock the time with a library.
"""


def a_draft(body=BODY, title="Use a shared clock", **details):
    return a_memory(title=title, body=body, details=Decision(**details)).revision.draft


def test_what_is_decided_is_told_from_why_and_from_what_was_considered():
    stances = stances_of(a_draft())

    assert [one.text for one in stances.adopted] == [
        "A clock is injected everywhere.",
        "Other ways to tell the time shall not be used.",
    ]
    assert [one.text for one in stances.grounds] == ["Times are hard to test."]
    assert [one.name for one in stances.refused] == ["A library"]
    assert [turns_against(one.text) for one in stances.adopted] == [False, True]


@pytest.mark.parametrize(
    "check", ["**Check:** a must not import b", "### Checks\n\n- a must not import b"]
)
def test_a_check_is_held_against_the_code_and_not_read_as_words(check):
    stances = stances_of(a_draft(BODY.replace("## Alternatives", f"{check}\n\n## Alternatives")))

    assert [one.text for one in stances.adopted] == [
        "A clock is injected everywhere.",
        "Other ways to tell the time shall not be used.",
    ]


def test_a_part_of_a_decision_counts_as_such_under_whatever_heading():
    body = "# T\n\n## What now\n\nA clock is injected everywhere.\n"
    stances = stances_of(a_draft(body, decision="A clock is injected everywhere."))

    assert [one.text for one in stances.adopted] == ["A clock is injected everywhere."]


@pytest.mark.parametrize(
    "title", ["Remove H2 as test database", "DAPS is deprecated", "Against conditions in modules"]
)
def test_a_title_may_say_what_is_to_be_no_more(title):
    assert stances_of(a_draft("# T\n", title=title)).ends
    assert not stances_of(a_draft("# T\n")).ends


@pytest.mark.parametrize(
    ("step", "is_back"),
    [
        ("Send the mails through Notify again", True),
        ("Go back to Debian images", True),
        ("Stay with plain dataclasses", True),
        ("Fall back to the default source", False),
        ("Return the row as the location", False),
    ],
)
def test_going_back_to_what_was_is_told_from_falling_back(step, is_back):
    assert goes_back(step) is is_back
