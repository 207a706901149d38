import pytest
from pydantic import ValidationError

from memory.models import request as asked
from memory.models.request import LONGEST_QUESTION, MOST_HITS
from memory.models.selection import Selection


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        (asked.Search, {"question": "x" * (LONGEST_QUESTION + 1)}),
        (asked.Search, {"question": "x", "limit": MOST_HITS + 1}),
        (asked.Search, {"question": "x", "selection": {"modules": ["x" * 10_000]}}),
        (asked.Search, {"question": "x", "selection": {"tags": ["x"] * 10_000}}),
        (asked.Search, {"question": "x", "selection": {"kinds": ["decision"] * 10_000}}),
        (asked.Tried, {"question": "x" * (LONGEST_QUESTION + 1)}),
        (asked.Tried, {"question": "x", "modules": ["x" * 10_000]}),
        (asked.Related, {"uid": "x" * 10_000}),
        (asked.Related, {"uid": "x", "limit": MOST_HITS + 1}),
        (asked.Show, {"uid": "x" * 10_000}),
        (asked.History, {"uid": "x" * 10_000}),
        (asked.Timeline, {"module": "x" * 10_000}),
        (asked.Listing, {"limit": 10**30}),
        (asked.Record, {"kind": "note", "fields": {}, "author": "x" * 10_000}),
    ],
)
def test_no_request_asks_for_more_than_is_sensible(verb, fields):
    with pytest.raises(ValidationError, match=r"should have at most|less than or equal"):
        verb.model_validate(fields)


def test_what_people_and_agents_paste_is_a_question():
    pasted = "why do we retry? " * 1_000

    assert asked.Search(question=pasted).question == pasted
    assert Selection(modules=("src/" * 500,)).modules
