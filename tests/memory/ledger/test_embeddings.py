import numpy as np
import pytest

from memory.models.memory import Passage
from memory.models.selection import EVERYTHING
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import DAY, NOW, a_draft, a_source


def some_vectors(n):
    return np.arange(n * 3, dtype=np.float32).reshape(n, 3)


def test_embeddings_come_back_bit_by_bit(db):
    db.embeddings.add("model", ["b", "a"], some_vectors(2))

    keys, matrix = db.embeddings.fetch_all("model")

    assert keys == ["a", "b"]
    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[3, 4, 5], [0, 1, 2]]


def test_the_vectors_of_two_models_never_mix(db):
    db.embeddings.add("one", ["a"], some_vectors(1))
    db.embeddings.add("two", ["a", "b"], some_vectors(2) + 1)

    assert (db.embeddings.count("one"), db.embeddings.count("two")) == (1, 2)
    assert db.embeddings.fetch("one", ["a", "b"])[0] == ["a"]
    assert db.embeddings.fetch("one", ["a"])[1].tolist() == [[0, 1, 2]]
    assert db.embeddings.fetch_all("three")[1].shape == (0, 0)


def test_more_embeddings_than_sqlite_can_bind_may_be_asked_for(db):
    db.embeddings.add("model", ["k39999"], some_vectors(1))

    keys, _ = db.embeddings.fetch("model", [f"k{number}" for number in range(40_000)])

    assert keys == ["k39999"]


def test_as_many_vectors_as_texts_are_needed(db):
    with pytest.raises(ValueError, match="zip"):
        db.embeddings.add("model", ["a", "b"], some_vectors(1))


def test_a_text_that_two_revisions_share_is_queued_once(db):
    keep_memory(db, "one", a_draft(), a_source(), NOW)
    keep_memory(db, "two", a_draft(), a_source(), NOW)

    [text_hash] = db.embeddings.queued()

    said = "Use a queue\nOrders are put in a queue."
    assert db.embeddings.texts([text_hash, "nobody's"]) == {text_hash: said}
    assert (db.passages.count(), len(db.passages.hashes()), db.embeddings.count_queued()) == (
        2,
        1,
        1,
    )
    assert len(db.passages.holders([text_hash], EVERYTHING)[text_hash]) == 2


def test_an_edit_shares_the_texts_that_it_left_alone(db):
    long = [f"Sentence {number} of the text, with words. " * 18 for number in range(4)]
    keep_memory(db, "one", a_draft(body="\n\n".join(long)), a_source(), NOW)
    db.embeddings.dequeue(db.embeddings.queued())

    long[3] = "Quite other words stand here now. " * 18
    keep_revision(db, "one", a_draft(body="\n\n".join(long)), a_source(), NOW + DAY)

    # Texts that were embedded before may be queued again: their vectors are in the cache.
    assert "other words" in db.embeddings.texts(db.embeddings.queued()[-1:]).popitem()[1]
    assert len(db.passages.hashes()) == 5


def test_what_came_last_is_the_last_in_the_queue(db):
    bodies = ("First words.", "Second words.", "Third words.")
    for body in bodies:
        keep_memory(db, body, a_draft(body=body), a_source(), NOW)

    texts = list(db.embeddings.texts(db.embeddings.queued()).values())

    assert [text.split("\n")[1] for text in texts] == list(bodies)
    assert db.embeddings.queued_since(1) == db.embeddings.queued()[1:]
    assert db.embeddings.queued_since(3) == []


def test_the_queue_can_be_filled_anew(db):
    keep_memory(db, "one", a_draft(), a_source(), NOW)
    db.embeddings.dequeue(db.embeddings.queued())
    assert (db.embeddings.count_queued(), db.embeddings.queued()) == (0, [])

    db.embeddings.enqueue(db.passages.hashes())
    db.embeddings.enqueue(db.passages.hashes())

    assert db.embeddings.count_queued() == 1


def test_passages_come_in_order_with_their_places(db):
    body = "\n\n".join(f"## Part {n}\n\n" + f"Words of part {n}. " * 30 for n in range(3))
    keep_memory(db, "one", a_draft(title="Whole", body=body, lines=(10, 20)), a_source(), NOW)

    placed = db.passages.of(1)

    assert [one.heading for one in placed] == ["Part 0", "Part 1", "Part 2"]
    assert [one.lines for one in placed] == [(2, 2), (6, 6), (10, 10)]
    assert placed[0] == Passage("Whole", "Part 0", placed[0].text, (2, 2))
    assert db.passages.hashes_of([1, 99]) == {1: [one.text_hash for one in placed]}
    assert db.passages.of(99) == []
