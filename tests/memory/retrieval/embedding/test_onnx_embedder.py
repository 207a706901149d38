import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from memory.errors import ModelNotUsable
from memory.retrieval.embedding.compiled import MODEL, TOKENIZER
from memory.retrieval.embedding.embedder import longest_first, readable
from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder

TEXTS = ["kafka", "why is the queue postgres", "", "auth retry", "the queue is kafka because", "\n"]


@pytest.fixture
def embedder(compiled):
    return OnnxEmbedder(compiled.folder, compiled.manifest)


def test_vectors_come_in_the_order_of_the_texts_and_have_length_one(embedder):
    vectors = embedder.encode(TEXTS)

    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose((vectors**2).sum(axis=1), 1, atol=1e-6)
    for text, vector in zip(TEXTS, vectors, strict=True):
        np.testing.assert_array_equal(vector, embedder.encode([text])[0])


def test_no_texts_give_no_vectors(embedder):
    assert embedder.encode([]).shape == (0, embedder.dimension)


def test_progress_counts_every_text_once(embedder):
    counted = []

    embedder.encode(TEXTS, on_progress=counted.append)

    assert sum(counted) == len(TEXTS)


def test_what_lies_beyond_the_maximum_has_no_effect(embedder):
    four_words = "why is the queue"  # six tokens with [CLS] and [SEP], the maximum here

    ours, longer = embedder.encode([four_words, f"{four_words} kafka postgres"])

    np.testing.assert_array_equal(ours, longer)


def test_tokens_are_counted_beyond_the_maximum(embedder):
    assert embedder.count_tokens("") == 2
    assert embedder.count_tokens("why kafka") == 4
    assert embedder.count_tokens("kafka " * 20) == 22


@pytest.mark.parametrize("text", ["\x00", "\ud800", "a\udfffb", "\ufffe", "🚀" * 9, "\u202e"])
def test_no_character_is_too_strange(embedder, text):
    assert embedder.encode([text]).shape == (1, embedder.dimension)
    assert embedder.encode_query(text).shape == (embedder.dimension,)


def test_fifty_megabytes_are_cut_before_they_are_tokenised(embedder):
    start = time.perf_counter()

    embedder.encode(["kafka " * 9_000_000])

    assert time.perf_counter() - start < 2


def test_prompts_stand_before_questions_and_passages(compiled):
    prompts = {"query_prompt": "why ", "document_prompt": "because "}
    plain = OnnxEmbedder(compiled.folder, compiled.manifest)
    prompted = OnnxEmbedder(compiled.folder, compiled.manifest.model_copy(update=prompts))

    np.testing.assert_array_equal(prompted.encode_query("kafka"), plain.encode(["why kafka"])[0])
    np.testing.assert_array_equal(prompted.encode(["kafka"]), plain.encode(["because kafka"]))


@pytest.mark.slow
def test_onnxruntime_is_kept_from_reporting_to_its_makers(compiled, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from memory.retrieval.embedding.compiled import find_compiled
        from memory.retrieval.embedding.onnx_embedder import OnnxEmbedder
        folder = Path(sys.argv[1])
        OnnxEmbedder(folder, find_compiled(folder)).encode(["kafka"])
    """)

    subprocess.run(
        [sys.executable, "-c", script, compiled.folder],
        env={"HOME": str(home), "PYTHONPATH": ".", "PATH": ""},
        check=True,
    )

    assert list(home.rglob("*")) == []  # where it would keep a device id and unsent events


def test_several_threads_may_encode_at_once(embedder):
    expected = embedder.encode(TEXTS)

    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: embedder.encode(TEXTS), range(20)):
            np.testing.assert_array_equal(vectors, expected)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
@pytest.mark.parametrize("content", [b"", b"no model", None])
def test_a_damaged_file_is_said_to_be_damaged(compiled, name, content):
    path = compiled.folder / name
    path.write_bytes(path.read_bytes()[:-40] if content is None else content)

    with pytest.raises(ModelNotUsable, match="damaged"):
        OnnxEmbedder(compiled.folder, compiled.manifest)


def test_texts_are_taken_longest_first_and_equals_in_order():
    assert longest_first(["b", "aaa", "a", "bb"]) == [1, 3, 0, 2]


def test_readable_leaves_ordinary_text_alone():
    assert readable("naïve 🚀\x00", max_tokens=4) == "naïve 🚀\x00"
    assert readable("a\ud800", max_tokens=4) == "a?"
