"""Every vector is held against what its text gives now, in the ledger and in the index."""

from __future__ import annotations

import pytest

from indexer.project import open_project
from tests.builders import WordEmbedder
from tests.shop import write_shop


@pytest.fixture
def memory(tmp_path, word_model):
    write_shop(tmp_path)
    with open_project(tmp_path, environment={}) as memory:
        memory.index()
        yield memory


def said_of_vectors(memory):
    return [one for one in memory.verify(rebuild=True).problems if "vectors" in one]


@pytest.mark.slow
def test_what_is_as_its_text_gives_is_not_told(memory):
    assert said_of_vectors(memory) == []


@pytest.mark.slow
def test_a_vector_of_another_text_is_told_where_it_is_kept_with_the_memory(memory):
    with memory.ledger.writing() as db:
        db.execute(
            "UPDATE embeddings SET vector = (SELECT vector FROM embeddings ORDER BY text_hash DESC "
            "LIMIT 1) WHERE text_hash = (SELECT min(text_hash) FROM embeddings)"
        )

    (said,) = said_of_vectors(memory)

    assert said.startswith("1 of ")
    assert "kept with the memory" in said


@pytest.mark.slow
def test_a_vector_of_another_text_is_told_where_it_is_in_the_index(memory):
    embedder = WordEmbedder()
    with memory.session.shared.vectors.writing(embedder) as index:
        key = min(index.keys())
        index.remove([key])
        index.add([key], embedder.encode(["zebras in quite another place"]))

    said, lost = said_of_vectors(memory)

    assert said.startswith("1 of ")
    assert "in the index" in said
    assert lost.startswith("1 of ")


@pytest.mark.slow
def test_a_text_that_the_index_lacks_though_nothing_waits_is_told(memory):
    with memory.session.shared.vectors.writing(WordEmbedder()) as index:
        index.remove([min(index.keys())])

    (said,) = memory.verify(rebuild=True).problems

    assert said.startswith("1 of ")
    assert "not found by their own vectors" in said


@pytest.mark.slow
def test_an_index_that_cannot_be_compared_is_told(memory):
    memory.session.shared.vectors.discard()

    (said,) = said_of_vectors(memory)

    assert said.startswith("vectors in the index were not compared: ")
