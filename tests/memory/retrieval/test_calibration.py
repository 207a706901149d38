"""How likely a memory answers, on one scale for all questions."""

from types import SimpleNamespace

import pytest

from memory.ledger.interface.memories import Head
from memory.ledger.store_facts import MODEL
from memory.retrieval.calibration import are_likely, load_relevance, model_name, relevance_in
from memory.retrieval.candidates import Candidate


def a_candidate(passage=0.5, opening=0.4, share=0.3, agrees=False):
    head = Head(1, "dec-a", "Use a queue", "a.md", None, "accepted")
    return Candidate(head, passage=passage, opening=opening, share=share, agrees=agrees)


def test_more_of_any_evidence_is_more_likely_and_never_beyond_one():
    fitted = load_relevance()
    middling = fitted.of(a_candidate())

    assert 0 <= fitted.of(a_candidate(-1, -1, 0)) < middling
    assert middling < fitted.of(a_candidate(1, 1, 1, True)) <= 1
    for more in ({"passage": 0.6}, {"opening": 0.5}, {"share": 0.4}, {"agrees": True}):
        assert middling < fitted.of(a_candidate(**more))


def test_of_what_is_not_embedded_nobody_can_say():
    assert load_relevance().of(a_candidate(passage=None, opening=None)) is None


def test_hits_share_the_chance_that_one_of_them_is_the_answer():
    first, second, third = load_relevance().shares([0.9, 0.8, 0.3])

    assert first > second > third > 0
    assert first + second + third == pytest.approx(1.0)
    assert load_relevance().shares([]) == []


def test_what_is_hardly_to_the_point_is_left_out_and_what_nobody_can_tell_stays():
    least = load_relevance().answers
    told = [SimpleNamespace(relevance=one) for one in (1.0, least, least / 2, None)]

    assert are_likely(told) == [told[0], told[1], told[3]]


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_fit_serves_stores_of_its_model_in_either_precision(ledger, precision):
    assert relevance_in(ledger.db) is None
    with ledger.writing() as db:
        db.facts.save(MODEL, f"{load_relevance().model}/{precision}")

    assert relevance_in(ledger.db) == load_relevance()


def test_the_fit_does_not_serve_another_model(ledger):
    with ledger.writing() as db:
        db.facts.save(MODEL, "other@1/fp32")

    assert relevance_in(ledger.db) is None
    assert model_name("other@1/fp32") == "other@1"
