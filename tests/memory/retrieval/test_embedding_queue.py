import contextlib

import pytest

from memory.retrieval import embedding_queue
from memory.retrieval.embedding_queue import embed_pending
from memory.retrieval.passages import keep_memory
from tests.builders import NOW, WordEmbedder, a_draft, a_source, failing, mended


class DictIndex:
    """A vector index in memory that may fail at its k-th addition, half of which it has made."""

    def __init__(self, fail_at=None):
        self.vectors = {}
        self.fail_at = fail_at
        self.calls = 0

    def add(self, keys, vectors):
        self.calls += 1
        fails = self.calls == self.fail_at
        for key, vector in list(zip(keys, vectors, strict=True))[: 1 if fails else None]:
            self.vectors.setdefault(key, vector)
        if fails:
            raise OSError("disk full")


class FailingEmbedder(WordEmbedder):
    def __init__(self, fail_at):
        super().__init__()
        self.fail_at = fail_at

    def encode(self, texts, *, on_progress=None):
        self.fail_at -= 1
        if self.fail_at == 0:
            raise OSError("model gone")
        return super().encode(texts, on_progress=on_progress)


@pytest.fixture
def queued(ledger, monkeypatch):
    """Five texts, embedded two at a time."""
    monkeypatch.setattr(embedding_queue, "BATCH", 2)
    with ledger.writing() as db:
        for number in range(5):
            keep_memory(db, f"{number}", a_draft(body=f"Text {number}"), a_source(), NOW)
    return ledger


def assert_whole(ledger, index):
    keys, matrix = ledger.db.embeddings.fetch(WordEmbedder.model_id, list(index.vectors))
    assert len(keys) == len(index.vectors) == len(ledger.db.passages.hashes()) == 5
    assert all((index.vectors[key] == row).all() for key, row in zip(keys, matrix, strict=True))
    assert ledger.db.embeddings.count_queued() == 0


def test_everything_that_waits_is_embedded_once(queued):
    embedder, index, told = WordEmbedder(), DictIndex(), []

    done = embed_pending(queued, embedder, index, on_progress=lambda *step: told.append(step))
    again = embed_pending(queued, embedder, index)

    assert_whole(queued, index)
    assert (done.encoded, again.encoded, len(embedder.encoded)) == (5, 0, 5)
    assert told == [("embed", done, 5) for done in range(6)]


@pytest.mark.parametrize("comes", ["new", "0"])
def test_what_was_queued_last_is_embedded_first_even_when_it_comes_meanwhile(queued, comes):
    class Meanwhile(WordEmbedder):
        def encode(self, texts, *, on_progress=None):
            if not self.encoded:
                with queued.writing() as db:
                    keep_memory(db, "new", a_draft(body=f"Text {comes}"), a_source(), NOW)
            return super().encode(texts)

    embedder, index = Meanwhile(), DictIndex()
    embed_pending(queued, embedder, index)

    said = [text.rpartition(" ")[2] for text in embedder.encoded]
    assert (set(said[:2]), set(said[2:4])) == ({"4", "3"}, {comes, "2"})
    assert set(said[4:]) == {"1", "0"} - {comes}
    assert (len(index.vectors), queued.db.embeddings.count_queued()) == (len(said), 0)


def test_what_is_queued_again_meanwhile_is_not_left(queued):
    class Requeued(WordEmbedder):
        def encode(self, texts, *, on_progress=None):
            with queued.writing() as db:
                db.embeddings.enqueue(db.passages.hashes())
            return super().encode(texts)

    embed_pending(queued, Requeued(), index := DictIndex())

    assert_whole(queued, index)


def test_embedding_stops_between_batches_when_it_is_told_to(queued):
    embedder, index = WordEmbedder(), DictIndex()

    done = embed_pending(queued, embedder, index, should_stop=lambda: bool(embedder.encoded))

    assert (done.encoded, len(index.vectors), queued.db.embeddings.count_queued()) == (2, 2, 3)
    assert embed_pending(queued, embedder, index).encoded == 3


def test_an_index_that_was_lost_is_filled_without_encoding_again(queued):
    embed_pending(queued, WordEmbedder(), DictIndex())
    with queued.writing() as db:
        db.embeddings.enqueue(db.passages.hashes())
    embedder, index = WordEmbedder(), DictIndex()

    assert embed_pending(queued, embedder, index).encoded == 0

    assert_whole(queued, index)
    assert embedder.encoded == []


def test_another_model_encodes_for_itself(queued):
    embed_pending(queued, WordEmbedder(), DictIndex())
    with queued.writing() as db:
        db.embeddings.enqueue(db.passages.hashes())
    other = WordEmbedder()
    other.model_id = "other"

    assert embed_pending(queued, other, DictIndex()).encoded == 5
    assert queued.db.embeddings.count("words@1/fp32") == queued.db.embeddings.count("other") == 5


@pytest.mark.parametrize("fail_at", [1, 2, 3])
def test_it_resumes_after_any_encoding_that_failed(queued, fail_at):
    index = DictIndex()

    with pytest.raises(OSError, match="model gone"):
        embed_pending(queued, FailingEmbedder(fail_at), index)
    done = embed_pending(queued, WordEmbedder(), index)

    assert done.encoded == 5 - 2 * (fail_at - 1)
    assert_whole(queued, index)


@pytest.mark.parametrize("fail_at", [1, 2, 3])
def test_it_resumes_after_any_addition_that_failed(queued, fail_at):
    embedder, index = WordEmbedder(), DictIndex(fail_at)

    with pytest.raises(OSError, match="disk full"):
        embed_pending(queued, embedder, index)
    embed_pending(queued, embedder, index)

    assert len(embedder.encoded) == 5  # what was cached is not encoded again
    assert_whole(queued, index)


@pytest.mark.parametrize("fail_at", range(1, 22))
def test_it_resumes_after_any_write_that_failed(queued, fail_at):
    """A batch is BEGIN, cache, log, COMMIT, BEGIN, dequeue, COMMIT: of three batches 21 changes."""
    embedder, index = WordEmbedder(), DictIndex()

    failing(queued, fail_at)
    with pytest.raises(OSError, match="disk full"):
        embed_pending(queued, embedder, index)
    mended(queued)
    embed_pending(queued, embedder, index)

    assert len(embedder.encoded) <= 7  # one batch at most was encoded twice
    assert_whole(queued, index)


def test_no_more_than_those_writes_are_made(queued):
    connection = failing(queued)

    with contextlib.suppress(OSError):
        embed_pending(queued, WordEmbedder(), DictIndex())

    assert connection.changes == 21
    mended(queued)


def test_a_model_that_gives_too_few_vectors_is_not_believed(queued):
    class Lazy(WordEmbedder):
        def encode(self, texts, *, on_progress=None):
            return super().encode(texts)[:-1]

    index = DictIndex()
    with pytest.raises(ValueError, match="zip"):
        embed_pending(queued, Lazy(), index)

    assert (index.vectors, queued.db.embeddings.count_queued()) == ({}, 5)
