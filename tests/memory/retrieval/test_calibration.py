"""How likely a memory answers, on one scale for all questions."""

import math

import pytest

from memory.ledger.facts import MODEL
from memory.ledger.interface.memories import Head
from memory.retrieval.calibration import evidence_of, load_relevance, model_name, relevance_in
from memory.retrieval.candidates import Candidate


def a_candidate(passage=0.5, whole=0.4, words=3.0):
    head = Head(1, "dec-a", "Use a queue", "a.md", None, "accepted")
    return Candidate(head, words=words, passage=passage, whole=whole)


def test_evidence_is_the_mean_cosine_and_the_logarithm_of_the_words():
    assert evidence_of(a_candidate()) == pytest.approx((0.45, math.log(4.0)))


def test_more_of_either_evidence_is_more_likely_and_never_beyond_one():
    fitted = load_relevance()
    middling = fitted.of(a_candidate())

    assert 0 <= fitted.of(a_candidate(-1, -1, 0)) < middling
    assert middling < fitted.of(a_candidate(whole=0.5)) < fitted.of(a_candidate(1, 1, 99)) <= 1
    assert middling < fitted.of(a_candidate(words=9.0))


def test_of_what_is_not_embedded_nobody_can_say():
    assert load_relevance().of(a_candidate(passage=None, whole=None)) is None


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
