"""Briefs of the sample project, with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memory.models.brief import LEAST_BUDGET
from memory.retrieval.embedding.tokens import count_tokens, within_margin

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
pytestmark = pytest.mark.slow
SPLIT = "Extract payments into its own service"


def titles(sample, brief):
    return [sample.show(one.uid).memory.title for one in brief.served]


@pytest.mark.parametrize(
    ("task", "told"),
    [
        (
            SPLIT,
            [
                "Run payments as a second process from the same repository",
                "Split payments into a networked service with its own database",
                "Splitting a service along a table that two modules write",
                "checkout_latency_p95: 430 ms",
            ],
        ),
        (
            "Move background jobs off RabbitMQ to Kafka",
            [
                "Move background jobs to RabbitMQ quorum queues",
                "Make consumers idempotent before changing the transport",
                "queue_throughput: 5200 jobs/s",
            ],
        ),
        (
            "Give partners a GraphQL API",
            [
                "Serve REST with sparse fieldsets and expansions",
                "Route web and mobile reads through the GraphQL gateway",
            ],
        ),
    ],
)
def test_what_a_coordinator_has_to_know_is_told(sample, task, told):
    known = titles(sample, sample.brief(task))

    assert [title for title in told if title not in known] == []


def test_what_blocks_the_module_comes_at_any_budget(sample):
    for budget in (LEAST_BUDGET, 1_000, 4_000):
        assert "BLOCKING" in sample.brief(SPLIT, budget=budget).text


def test_nothing_is_told_of_what_the_memory_knows_nothing_of(sample):
    brief = sample.brief("cook pasta")

    assert brief.served == ()
    assert "Nothing in the memory is to the point." in brief.text


def test_a_larger_budget_tells_all_that_a_smaller_one_tells(sample):
    small, large = (sample.brief(SPLIT, budget=budget).served for budget in (1_500, 6_000))

    assert {one.uid for one in small} < {one.uid for one in large}


@pytest.mark.parametrize("form", ["md", "json"])
def test_no_brief_exceeds_its_budget(sample, form):
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::6]:
        for budget in (LEAST_BUDGET, 937, 2_500, 9_000):
            brief = sample.brief(json.loads(line)["query"], budget=budget, form=form)

            assert count_tokens(brief.text) <= within_margin(budget)
            assert brief.complete


def test_everything_fits_its_default_budget(sample):
    brief = sample.brief("", everything=True)

    assert brief.omitted == 0
    assert len(brief.served) == len(sample.list())
