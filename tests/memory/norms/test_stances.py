import pytest

from memory.models.details import Decision
from memory.norms.stances import goes_back, stances_of
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


def said(stances):
    return [one.text for one in stances.adopted], [one.text for one in stances.against]


def test_what_is_decided_is_adopted_and_what_turns_against_something_is_not():
    assert said(stances_of(a_draft())) == (
        ["Use a shared clock", "A clock is injected everywhere."],
        ["Other ways to tell the time shall not be used."],
    )


def test_a_part_of_a_decision_counts_as_such_under_whatever_heading():
    body = "# T\n\n## What now\n\nA clock is injected everywhere.\n"
    adopted, _ = said(stances_of(a_draft(body, decision="A clock is injected everywhere.")))

    assert adopted[1:] == ["A clock is injected everywhere."]


@pytest.mark.parametrize(
    "title", ["Remove H2 as test database", "DAPS is deprecated", "Against conditions in modules"]
)
def test_a_title_may_say_what_is_to_be_no_more(title):
    _, against = said(stances_of(a_draft("# T\n", title=title)))

    assert against == [title]


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
