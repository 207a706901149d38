"""An answer that is none says so, wherever it is given."""

import json

import pytest

from memory.retrieval import calibration
from memory.retrieval.calibration import Relevance

FAR, NEAR = "letterhead colours", "background jobs RabbitMQ queue"


@pytest.fixture(autouse=True)
def fitted(monkeypatch):
    """The model of the tests is taken to have been fitted: like words are enough."""
    relevance = Relevance(
        model="words@1",
        bias=-5.0,
        meaning=16.0,
        opening=0.0,
        words=0.0,
        agreement=0.0,
        sharpness=10.0,
        answers=0.3,
        unasked=0.9,
    )
    monkeypatch.setattr(calibration, "load_relevance", lambda: relevance)


def test_an_answer_that_nothing_is_known_to_give_says_so_and_tells_what_comes_nearest(answer, shop):
    first, *rest = answer("search", FAR).split("\n\n")

    assert first == "Nothing here is known to answer this. What comes nearest:"
    assert rest
    assert "Nothing here is known" not in answer("search", NEAR)


def test_of_what_does_not_answer_only_the_nearest_is_printed_and_the_rest_counted(answer, shop):
    said = answer("search", FAR)

    assert " 3. " in said
    assert " 4. " not in said
    assert said.rstrip().endswith("farther from it; --json has all")
    assert " 4. " in answer("search", NEAR)


def test_as_json_every_hit_says_whether_something_is_known(objects, shop):
    assert {hit["known"] for hit in objects("search", FAR)} == {False}
    assert {hit["known"] for hit in objects("search", NEAR)} == {True}


def test_scores_fall_from_hit_to_hit_and_do_not_depend_on_how_many_are_shown(objects, shop):
    many, few = objects("search", NEAR), objects("search", NEAR, "--limit", "2")

    scores = [hit["score"] for hit in many]
    assert scores == sorted(scores, reverse=True)
    assert [hit["score"] for hit in few] == scores[:2]
    assert json.dumps(few[0]) == json.dumps(many[0])
