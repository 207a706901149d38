import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memory.models.selection import EVERYTHING, Lens, Selection
from memory.retrieval.passages import keep_memory, keep_revision
from memory.texts.words import stem
from tests.builders import DAY, NOW, a_draft, a_source

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


def keep(db, uid, body, title="untitled", **changes):
    keep_memory(db, uid, a_draft(title=title, body=body, **changes), a_source(), NOW)


def found(db, *words, selection=EVERYTHING, limit=10) -> list[str]:
    matches = db.passages.match(words, selection, limit=limit)
    memories = db.memories.at_revisions([match.revision_id for match in matches])
    return [memories[match.revision_id].uid for match in matches]


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

    db.passages.match([word], EVERYTHING, limit=5)
    db.passages.count_words([word])

    assert found(db, word, "words") == ["one"]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=5))
def test_whatever_is_asked_is_answered(db, words):
    db.passages.match(words, EVERYTHING, limit=5)

    assert db.passages.count_words(words)[0].keys() <= set(words)


def test_words_that_were_operators_are_found_as_words(db):
    keep(db, "one", "This AND that.")

    assert found(db, "AND") == found(db, "and") == ["one"]


def test_no_words_find_nothing(db):
    keep(db, "one", "Words.")

    assert (db.passages.match([], EVERYTHING, limit=5), db.passages.count_words([])) == (
        [],
        ({}, 1),
    )


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
