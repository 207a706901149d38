from contextlib import contextmanager

import numpy as np
import pytest

from memory.ledger.sqlite.connection import open_ledger
from memory.ledger.sqlite.texts import SqliteEmbeddings
from memory.retrieval import neighbours
from memory.retrieval.neighbours import Matrix, Neighbours
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, WordEmbedder, a_draft, a_source

MODEL = WordEmbedder()


@contextmanager
def no_index():
    yield None


@pytest.fixture
def matrix():
    return Matrix(MODEL.model_id)


@pytest.fixture
def near(ledger, matrix):
    return Neighbours(ledger, MODEL.model_id, matrix, no_index)


def keep(ledger, *bodies):
    with ledger.writing() as db:
        for body in bodies:
            keep_memory(db, body, a_draft(title="On it", body=body), a_source(), NOW)


def embed(ledger, *bodies) -> list[str]:
    """Afterwards these texts have their embeddings; returns their hashes."""
    vectors = np.stack([MODEL.encode_query(body) for body in bodies])
    with ledger.writing() as db:
        hashes = dict(db.execute("SELECT text, text_hash FROM passages").fetchall())
        keys = [hashes[body] for body in bodies]
        db.embeddings.add(MODEL.model_id, keys, vectors)
    return keys


def nearest(near, body) -> str:
    return near.nearest(MODEL.encode_query(body), 1)[0].text_hash


def test_what_is_embedded_after_a_question_is_found_by_the_next(ledger, near):
    keep(ledger, "red apples", "green pears")
    apples, pears = embed(ledger, "red apples", "green pears")
    assert nearest(near, "apples") == apples

    keep(ledger, "blue plums")
    [plums] = embed(ledger, "blue plums")

    assert (nearest(near, "plums"), nearest(near, "pears")) == (plums, pears)
    assert len(near.nearest(MODEL.encode_query("red"), 10)) == 3


def test_a_text_that_is_embedded_long_after_it_was_kept_is_found(ledger, near):
    keep(ledger, "red apples", "green pears")
    embed(ledger, "red apples")
    nearest(near, "pears")
    keep(ledger, "blue plums")
    embed(ledger, "blue plums")
    nearest(near, "pears")

    [pears] = embed(ledger, "green pears")

    assert nearest(near, "pears") == pears


def test_what_another_connection_embeds_is_found_too(ledger, near, tmp_path):
    keep(ledger, "red apples")
    embed(ledger, "red apples")
    nearest(near, "apples")

    other = open_ledger(tmp_path / "memory.db")
    keep(other, "green pears")
    [pears] = embed(other, "green pears")
    other.close()

    assert nearest(near, "pears") == pears


@pytest.mark.slow
def test_an_unchanged_ledger_is_not_read_again_and_a_changed_one_not_as_a_whole(
    ledger, near, monkeypatch
):
    keep(ledger, "red apples")
    embed(ledger, "red apples")
    nearest(near, "apples")
    monkeypatch.setattr(SqliteEmbeddings, "fetch_all", lambda *_: 1 / 0)

    nearest(near, "apples")
    for number in range(20):
        keep(ledger, f"plum {number}")
        [plum] = embed(ledger, f"plum {number}")
        assert plum in [one.text_hash for one in near.nearest(MODEL.encode_query("plum"), 99)]


def test_of_a_backlog_only_what_waits_no_more_is_looked_for(ledger, near, monkeypatch):
    monkeypatch.setattr("memory.retrieval.neighbours.BACKLOG", 2)
    asked = []

    real = SqliteEmbeddings.fetch

    def fetch(embeddings, model, keys):
        asked.append(len(keys))
        return real(embeddings, model, keys)

    keep(ledger, *(f"plum {number}" for number in range(9)))
    embed(ledger, "plum 0")
    nearest(near, "plum")
    monkeypatch.setattr(SqliteEmbeddings, "fetch", fetch)
    [fifth] = embed(ledger, "plum 5")
    with ledger.writing() as db:
        db.embeddings.dequeue([fifth])

    assert nearest(near, "plum 5") == fifth
    assert asked == [1]


def test_two_that_share_a_matrix_see_the_same(ledger, near, matrix, tmp_path):
    other_ledger = open_ledger(tmp_path / "memory.db")
    other = Neighbours(other_ledger, MODEL.model_id, matrix, no_index)
    for number in range(5):
        keep(ledger, f"plum {number}")
        [plum] = embed(ledger, f"plum {number}")
        assert nearest(other if number % 2 else near, f"plum {number}") == plum
    question = MODEL.encode_query("plum")

    assert near.nearest(question, 9) == other.nearest(question, 9)
    assert len(matrix) == 5
    other_ledger.close()


def test_equally_near_texts_come_in_the_order_of_their_hashes(ledger, near):
    keys = []
    for body in ("of a", "of b", "of c", "of d"):
        keep(ledger, body)
        with ledger.writing() as db:
            key = db.embeddings.queued()[-1]
            db.embeddings.add(MODEL.model_id, [key], MODEL.encode_query("same").reshape(1, -1))
        keys.append(key)
        near.nearest(MODEL.encode_query("same"), 4)

    found = [one.text_hash for one in near.nearest(MODEL.encode_query("same"), 4)]

    assert found == sorted(keys)
    assert [one.text_hash for one in near.nearest(MODEL.encode_query("same"), 2)] == found[:2]


def test_more_than_are_compared_are_left_to_the_index(ledger, matrix, monkeypatch):
    class Index:
        def nearest(self, vector, limit):
            return [("from the index", 1.0)]

    @contextmanager
    def index():
        yield Index()

    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 2)
    near = Neighbours(ledger, MODEL.model_id, matrix, index)
    bodies = ["red apples", "green pears", "blue plums"]
    for count, body in enumerate(bodies, start=1):
        keep(ledger, body)
        embed(ledger, body)
        assert (nearest(near, body) == "from the index") == (count > 2)


def test_an_empty_ledger_has_no_neighbours(near):
    assert near.nearest(MODEL.encode_query("apples"), 3) == []
