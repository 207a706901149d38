"""Requests are made of signatures: what they refuse is in the annotations of the verbs."""

import pytest

from cli.verbs import find_verb
from memory.errors import InvalidRequest
from memory.models.request import LONGEST_QUESTION, MOST_HITS
from memory.models.selection import Selection


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("search", {"question": "x" * (LONGEST_QUESTION + 1)}),
        ("search", {"question": "x", "limit": MOST_HITS + 1}),
        ("search", {"question": "x", "selection": {"modules": ["x" * 10_000]}}),
        ("search", {"question": "x", "selection": {"tags": ["x"] * 10_000}}),
        ("search", {"question": "x", "selection": {"kinds": ["decision"] * 10_000}}),
        ("tried", {"question": "x" * (LONGEST_QUESTION + 1)}),
        ("tried", {"question": "x", "modules": ["x" * 10_000]}),
        ("related", {"uid": "x" * 10_000}),
        ("related", {"uid": "x", "limit": MOST_HITS + 1}),
        ("show", {"uid": "x" * 10_000}),
        ("history", {"uid": "x" * 10_000}),
        ("timeline", {"module": "x" * 10_000}),
        ("list", {"limit": 10**30}),
        ("record", {"kind": "note", "fields": {}, "author": "x" * 10_000}),
    ],
)
def test_no_request_asks_for_more_than_is_sensible(verb, fields):
    with pytest.raises(InvalidRequest, match=r"should have at most|less than or equal"):
        find_verb(verb).read(fields)


def test_what_people_and_agents_paste_is_a_question():
    pasted = "why do we retry? " * 1_000

    assert find_verb("search").read({"question": pasted}).question == pasted
    assert Selection(modules=("src/" * 500,)).modules
