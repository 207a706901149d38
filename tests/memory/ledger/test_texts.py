import string

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.models.memory import Passage
from memory.models.selection import EVERYTHING, Lens, Selection
from memory.retrieval.passages import keep_memory, keep_revision
from memory.texts.words import stem
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


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def keep(db, uid, body, title="untitled", **changes):
    keep_memory(db, uid, a_draft(title=title, body=body, **changes), a_source(), NOW)


def found(db, *words, selection=EVERYTHING, limit=10) -> list[str]:
    [ids] = db.passages.match_each(words, [selection], limit=limit).selected
    memories = db.memories.at_revisions(ids)
    return [memories[one].uid for one in ids]


def test_any_of_the_words_is_enough_and_more_are_better(db):
    keep(db, "one", "A queue of orders for the worker.")
    keep(db, "two", "A queue and a broker, for the worker and others.")
    keep(db, "none", "Something else altogether.")

    assert found(db, "queue", "broker") == ["two", "one"]
    assert found(db, "queue", limit=1) == ["one"]
    assert found(db, "missing") == []


def test_a_word_in_the_title_counts_for_more(db):
    keep(db, "body", "The text speaks of caching here.", title="Other words")
    keep(db, "title", "The text speaks of something here.", title="Caching")

    assert found(db, "caching") == ["title", "body"]


def test_words_are_found_in_their_other_forms(db):
    keep(db, "one", "Requests are retried when the café closes.")

    assert found(db, "retry") == found(db, "request") == found(db, "cafe") == ["one"]


@pytest.mark.parametrize(
    "word", ['"', '"quoted', "AND", "OR", "NOT", "NEAR", "NEAR(", "*", "a*", "^a", "-", "title:",
             "(", ")", "'", "{x}", "+", "", " ", "日本語", "🙂", "a\0b", "x" * 10_000],
)  # fmt: skip
def test_no_word_is_syntax(db, word):
    keep(db, "one", "Words AND others NEAR us, not more.")

    db.passages.match_each([word], [EVERYTHING], limit=5)
    db.passages.count_words([word])

    assert found(db, word, "words") == ["one"]


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=5))
def test_whatever_is_asked_is_answered(db, words):
    db.passages.match_each(words, [EVERYTHING], limit=5)

    assert db.passages.count_words(words)[0].keys() <= set(words)


def test_words_that_were_operators_are_found_as_words(db):
    keep(db, "one", "This AND that.")

    assert found(db, "AND") == found(db, "and") == ["one"]


def test_no_words_find_nothing(db):
    keep(db, "one", "Words.")

    assert db.passages.match_each([], [EVERYTHING], limit=5) == ([[]], {})
    assert db.passages.count_words([]) == ({}, 1)


def test_holders_are_counted_in_any_form_of_the_word(db):
    keep(db, "one", "A queue.")
    keep(db, "two", "Two queues.", title="Queueing")
    keep(db, "three", "Nothing.")

    counts, total = db.passages.count_words(map(stem, ("queue", "queues", "nothing", "absent")))

    assert counts == {stem("queue"): 2, stem("nothing"): 1}
    assert total == 3


def test_only_the_revision_that_the_lens_shows_is_found(db):
    keep(db, "one", "First words.")
    keep_revision(db, "one", a_draft(body="Second saying."), a_source(), NOW + 2 * DAY)
    then = Selection(lens=Lens(known_at=NOW + DAY))

    assert found(db, "saying") == ["one"]
    assert found(db, "first") == found(db, "saying", selection=then) == []
    assert found(db, "first", selection=then) == ["one"]


def test_words_survive_a_vacuum(db):
    for number, word in enumerate(string.ascii_lowercase):
        keep(db, f"uid-{number}", f"{word * 5} words")
    db.execute("DELETE FROM facts")
    db.vacuum()

    assert found(db, "ccccc") == ["uid-2"]
