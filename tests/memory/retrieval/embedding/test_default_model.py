"""The model that archmem ships with keeps what parity.py and the README say of it."""

import numpy as np
import pytest

from memory.retrieval.embedding import compile_model, load_embedder

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def test_fp32_differs_by_less_than_a_millionth_from_sentence_transformers(cache):
    manifest = compile_model(cache=cache).manifest

    assert manifest.parity.max_difference < 1e-6
    assert (manifest.dimension, manifest.max_tokens) == (384, 256)


def test_int8_keeps_a_cosine_of_0_985(cache):
    assert compile_model(precision="int8", cache=cache).manifest.parity.mean_cosine > 0.985


def test_a_question_is_nearest_to_the_passage_that_answers_it(cache):
    passages = [
        "The queue is PostgreSQL, since RabbitMQ lost messages when a node failed.",
        "Sessions are kept in Redis for thirty minutes.",
        "Invoices are rendered to PDF by a worker.",
    ]

    for precision in ("fp32", "int8"):
        embedder = load_embedder(precision=precision, cache=cache)
        question = embedder.encode_query("why did we stop using a message broker?")
        assert np.argmax(embedder.encode(passages) @ question) == 0
