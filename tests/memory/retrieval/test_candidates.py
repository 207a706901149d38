"""What a candidate is told by its passages."""

import numpy as np
import pytest

from memory.kinds.vocabulary import Kind
from memory.models.selection import NOW as TODAY
from memory.models.selection import Selection
from memory.retrieval import candidates
from memory.retrieval.candidates import DEEP, FEW, OPENING, Question, gather, telling_words
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, a_draft, a_source


class Known:
    """Embeddings that are given; nothing is near."""

    def __init__(self, vectors):
        self.given = vectors

    def vectors(self, keys):
        return {key: self.given[key] for key in keys}

    def nearest(self, vector, limit):
        return []


@pytest.fixture
def eight_passages(db):
    """The keys of a record's passages."""
    body = "\n\n".join(f"## Part {number}\n\n" + f"word{number} " * 90 for number in range(8))
    keep_memory(db, "dec-aaaaaaaa", a_draft(body=body), a_source(), NOW)
    [keys] = db.passages.hashes_of([1]).values()
    assert len(keys) == 8
    return keys


def asked_of(db, keys, turned):
    """The record, of whose passages some are turned towards the question by so much."""
    vectors = {
        key: np.array([turned.get(at, 0.0), 1.0], dtype=np.float32) for at, key in enumerate(keys)
    }
    question = Question(["word1"], np.eye(2, dtype=np.float32)[0], Known(vectors))
    [found] = gather(db, question, Selection(lens=TODAY))
    return found


def test_a_passage_deep_inside_has_to_be_nearer_than_the_opening(db, eight_passages):
    deep = asked_of(db, eight_passages, {0: 0.5, 7: 0.6})
    opening = asked_of(db, eight_passages, {0: 0.5, 7: 0.5 + DEEP})

    assert (deep.best, deep.passage) == (7, pytest.approx(0.6 - DEEP * np.log(8)))
    assert (opening.best, opening.passage) == (0, pytest.approx(0.5))
    assert deep.opening == opening.opening == pytest.approx(0.5)


def test_what_a_record_is_about_is_said_by_its_first_passages(db, eight_passages):
    within = asked_of(db, eight_passages, {OPENING - 1: 1.0})
    behind = asked_of(db, eight_passages, {OPENING: 1.0})

    assert within.centroid[0] > 0
    assert behind.centroid[0] == 0


def test_what_comes_near_by_meaning_has_its_words_counted_too(db, monkeypatch):
    """However many others match the words better."""
    monkeypatch.setattr(candidates, "MATCHES", 1)
    keep_memory(db, "dec-better", a_draft(title="A queue", body="queue queue"), a_source(), NOW)
    keep_memory(db, "dec-longer", a_draft(body="A queue, " + "and more " * 20), a_source(), NOW)
    vector = np.eye(2, dtype=np.float32)[0]
    keys = [key for some in db.passages.hashes_of([1, 2]).values() for key in some]
    question = Question(["queue"], vector, Known(dict.fromkeys(keys, vector)))

    better, longer = gather(db, question, Selection(kinds=(Kind.NOTE,)))

    assert better.words > longer.words > 0


def test_in_a_large_store_words_that_a_quarter_has_are_not_looked_for_unless_there_is_no_other():
    total = 4 * FEW
    counts = {"queue": FEW, "servic": FEW + 1}

    assert telling_words(["queue", "service"], counts, total) == ["queue"]
    assert telling_words(["service"], counts, total) == ["service"]
    assert telling_words(["queue", "service"], counts, FEW) == ["queue", "service"]
    assert telling_words(["nowhere"], counts, total) == []
