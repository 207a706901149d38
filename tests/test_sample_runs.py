"""The sample project's runs, which benchmarks/replay.py replays."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import pytest

from memory.lessons.result_parser import read_result

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
RUNS = [json.loads(line) for line in (SAMPLE / "runs.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def memories(sample):
    return [listed.memory for listed in sample.list()]


@pytest.mark.slow
def test_runs_are_no_memories_of_the_project(memories):
    assert memories
    assert not [memory.path for memory in memories if (memory.path or "").endswith(".jsonl")]


def test_runs_stand_in_the_order_of_their_days():
    days = [date.fromisoformat(run["date"]) for run in RUNS]

    assert all(one < other for one, other in itertools.pairwise(days))
    assert len({run["id"] for run in RUNS}) == len(RUNS) >= 36


def test_no_task_is_told_twice():
    assert len({run["task"] for run in RUNS}) == len(RUNS)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["id"])
def test_what_helped_and_what_misled_is_in_the_sample(run, memories):
    assert run["helped"]
    assert not set(run["helped"]) & set(run["misled"])
    for reference in run["helped"] + run["misled"]:
        path, _, name = reference.partition("#")
        assert any(
            memory.path == path
            and (
                name.casefold() in (memory.title.casefold(), memory.entry.casefold())
                or memory.title.startswith(f"{name}:")
            )
            for memory in memories
        ), reference


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["id"])
def test_a_result_is_as_a_coordinator_tells_it(run):
    result = read_result(run["result"])

    assert result.approach
    assert result.situation
    assert result.extra == {}
    assert all(one.after is not None for one in result.metrics)
