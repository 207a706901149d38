"""The model that archmem ships with keeps what parity.py and the README say of it."""

import hashlib

import numpy as np
import pytest

from memory.retrieval.embedding import compile_model, load_embedder
from memory.retrieval.embedding.catalog import DEFAULT_COMPILED
from memory.retrieval.embedding.compiled import MODEL
from memory.retrieval.embedding.compiler import measure_parity

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def test_fp32_differs_by_less_than_a_millionth_from_sentence_transformers(cache):
    from memory.retrieval.embedding.torch_embedder import TorchEmbedder

    state = compile_model(cache=cache)
    ours, theirs = load_embedder(cache=cache), TorchEmbedder(state.source, "reference")
    words = "We keep payments idempotent, as the provider retries what it lost: 840 ms.".split()
    of_all_lengths = [
        " ".join((words * 30)[:length]) for length in (*range(0, 40, 3), 120, 250, 400)
    ]

    assert measure_parity(ours, theirs).max_difference < 1e-6
    assert (ours.encode(of_all_lengths) * theirs.encode(of_all_lengths)).sum(
        axis=1
    ).min() > 0.999999
    assert (ours.dimension, ours.max_tokens) == (384, 256)


def test_what_is_compiled_is_the_same_byte_for_byte(cache):
    compiled = compile_model(cache=cache).folder / MODEL

    assert hashlib.sha256(compiled.read_bytes()).hexdigest() == DEFAULT_COMPILED


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
