"""Search quality on the sample project's own questions, with the real model."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
pytestmark = pytest.mark.slow


def questions(kind):
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [one for one in map(json.loads, lines) if one["kind"] == kind]


def is_meant(memory, reference):
    path, _, name = reference.partition("#")
    return memory.path == path and (
        name.casefold() in (memory.title.casefold(), memory.entry.casefold())
        or memory.title.startswith(f"{name}:")
    )


def place(hits, references):
    """Where the first hit stands that one of the references means, from 0; infinite if none."""
    places = [i for i, hit in enumerate(hits) if any(is_meant(hit.memory, r) for r in references)]
    return places[0] if places else math.inf


def test_every_reference_of_a_question_names_a_memory(sample):
    memories = [listed.memory for listed in sample.list()]

    for question in questions("known_item") + questions("temporal"):
        for reference in question["relevant"] + question.get("outdated", []):
            assert any(is_meant(memory, reference) for memory in memories), reference


def test_the_memory_that_answers_is_among_the_first(sample):
    asked = questions("known_item")
    places = [place(sample.search(one["query"]).hits, one["relevant"]) for one in asked]

    gain = sum(1 / math.log2(rank + 2) for rank in places if rank < 10) / len(places)
    found = sum(rank < 5 for rank in places) / len(places)
    assert gain >= 0.80, sorted(zip(places, [one["query"] for one in asked], strict=True))[-8:]
    assert found >= 0.92


def test_what_holds_now_stands_above_what_it_replaced(sample):
    for question in questions("temporal"):
        hits = sample.search(question["query"], limit=50).hits

        assert place(hits, question["relevant"]) < place(hits, question["outdated"]), question
