"""What stands before questions and passages where a model's files do not say it."""

import pytest

from memory.retrieval.embedding.prefixes import known_prompts


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("multilingual-e5-small", "query: "),
        ("e5-base-v2", "query: "),
        ("bge-small-en-v1.5", "Represent this sentence for searching relevant passages: "),
    ],
)
def test_families_that_want_a_prompt_have_it(name, query):
    assert known_prompts(name).query == query


@pytest.mark.parametrize("name", ["all-MiniLM-L6-v2", "multilingual-e5-large-instruct", "bge-m3"])
def test_other_models_have_none(name):
    assert known_prompts(name) is None
