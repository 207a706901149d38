import numpy as np
import pytest

from memory.ledger.embeddings import (
    count_embeddings,
    count_queued,
    dequeue,
    embedded_texts,
    enqueue,
    fetch_all_embeddings,
    fetch_embeddings,
    queued_since,
    queued_texts,
    save_embeddings,
)
from memory.ledger.passages import (
    all_texts,
    count_passages,
    passages_of,
    revisions_with_texts,
    text_hashes_of,
)
from memory.models.passage import Passage
from memory.models.selection import EVERYTHING
from memory.retrieval.passages import keep_memory, keep_revision
from tests.builders import DAY, NOW, a_draft, a_source


def some_vectors(n):
    return np.arange(n * 3, dtype=np.float32).reshape(n, 3)


def test_embeddings_come_back_bit_by_bit(db):
    save_embeddings(db, "model", ["b", "a"], some_vectors(2))

    keys, matrix = fetch_all_embeddings(db, "model")

    assert keys == ["a", "b"]
    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[3, 4, 5], [0, 1, 2]]


def test_the_vectors_of_two_models_never_mix(db):
    save_embeddings(db, "one", ["a"], some_vectors(1))
    save_embeddings(db, "two", ["a", "b"], some_vectors(2) + 1)

    assert (count_embeddings(db, "one"), count_embeddings(db, "two")) == (1, 2)
    assert fetch_embeddings(db, "one", ["a", "b"])[0] == ["a"]
    assert fetch_embeddings(db, "one", ["a"])[1].tolist() == [[0, 1, 2]]
    assert fetch_all_embeddings(db, "three")[1].shape == (0, 0)


def test_more_embeddings_than_sqlite_can_bind_may_be_asked_for(db):
    save_embeddings(db, "model", ["k39999"], some_vectors(1))

    keys, _ = fetch_embeddings(db, "model", [f"k{number}" for number in range(40_000)])

    assert keys == ["k39999"]


def test_as_many_vectors_as_texts_are_needed(db):
    with pytest.raises(ValueError, match="zip"):
        save_embeddings(db, "model", ["a", "b"], some_vectors(1))


def test_a_text_that_two_revisions_share_is_queued_once(db):
    keep_memory(db, "one", a_draft(), a_source(), NOW)
    keep_memory(db, "two", a_draft(), a_source(), NOW)

    [text_hash] = queued_texts(db)

    said = "Use a queue\nOrders are put in a queue."
    assert embedded_texts(db, [text_hash, "nobody's"]) == {text_hash: said}
    assert (count_passages(db), len(all_texts(db)), count_queued(db)) == (2, 1, 1)
    assert len(revisions_with_texts(db, [text_hash], EVERYTHING)[text_hash]) == 2


def test_an_edit_shares_the_texts_that_it_left_alone(db):
    long = [f"Sentence {number} of the text, with words. " * 18 for number in range(4)]
    keep_memory(db, "one", a_draft(body="\n\n".join(long)), a_source(), NOW)
    dequeue(db, queued_texts(db))

    long[3] = "Quite other words stand here now. " * 18
    keep_revision(db, "one", a_draft(body="\n\n".join(long)), a_source(), NOW + DAY)

    # Texts that were embedded before may be queued again: their vectors are in the cache.
    assert "other words" in embedded_texts(db, queued_texts(db)[-1:]).popitem()[1]
    assert len(all_texts(db)) == 5


def test_what_came_last_is_the_last_in_the_queue(db):
    bodies = ("First words.", "Second words.", "Third words.")
    for body in bodies:
        keep_memory(db, body, a_draft(body=body), a_source(), NOW)

    texts = list(embedded_texts(db, queued_texts(db)).values())

    assert [text.split("\n")[1] for text in texts] == list(bodies)
    assert queued_since(db, 1) == queued_texts(db)[1:]
    assert queued_since(db, 3) == []


def test_the_queue_can_be_filled_anew(db):
    keep_memory(db, "one", a_draft(), a_source(), NOW)
    dequeue(db, queued_texts(db))
    assert (count_queued(db), queued_texts(db)) == (0, [])

    enqueue(db, all_texts(db))
    enqueue(db, all_texts(db))

    assert count_queued(db) == 1


def test_passages_come_in_order_with_their_places(db):
    body = "\n\n".join(f"## Part {n}\n\n" + f"Words of part {n}. " * 30 for n in range(3))
    keep_memory(db, "one", a_draft(title="Whole", body=body, lines=(10, 20)), a_source(), NOW)

    placed = passages_of(db, 1)

    assert [one.heading for one in placed] == ["Part 0", "Part 1", "Part 2"]
    assert [one.lines for one in placed] == [(2, 2), (6, 6), (10, 10)]
    assert placed[0] == Passage("Whole", "Part 0", placed[0].text, (2, 2))
    assert text_hashes_of(db, [1, 99]) == {1: [one.text_hash for one in placed]}
    assert passages_of(db, 99) == []
