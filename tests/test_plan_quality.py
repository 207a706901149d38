"""The labelled steps of the sample project, checked with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from memory.errors import ModelNotUsable
from memory.models.plan import Plan, Step
from memory.plans import evidence

SAMPLE = Path(__file__).parent.parent / "data" / "sample"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def labelled():
    lines = (SAMPLE / "plan_steps.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def plan_of(labelled):
    return Plan(steps=[Step(text=one["step"], modules=one["modules"]) for one in labelled])


def test_the_labelled_steps_are_no_memory(sample):
    assert not any(one.memory.path == "plan_steps.jsonl" for one in sample.list())


def test_every_record_that_a_label_names_is_a_memory(sample, labelled):
    known = {f"{one.memory.path}#{one.memory.title}" for one in sample.list()}

    assert {cited for one in labelled for cited in one["cites"]} <= known


def test_conflicts_are_told_and_little_else_is(sample, labelled):
    checked = sample.check(plan_of(labelled))
    wanted = [one["verdict"] == "conflict" for one in labelled]
    said = [step.verdict == "conflict" for step in checked.steps]
    right = sum(yes and is_one for yes, is_one in zip(said, wanted, strict=True))

    assert checked.complete
    assert right / sum(said) >= 0.85
    assert right / sum(wanted) >= 0.5


def test_what_nothing_is_known_of_is_told_to_be_unknown(sample, labelled):
    checked = sample.check(plan_of(labelled))

    verdicts = {
        step.verdict
        for step, one in zip(checked.steps, labelled, strict=True)
        if one["verdict"] == "unknown"
    }
    assert verdicts == {"unknown"}


def test_the_same_plan_is_told_the_same(sample, labelled):
    plan = plan_of(labelled[:5])

    assert sample.check(plan) == sample.check(plan)


def verdicts(sample, *texts):
    return [step.verdict for step in sample.check(Plan(steps=[Step(text=t) for t in texts])).steps]


@pytest.mark.parametrize(
    "step", ["Go back to signed JWTs for the access tokens", "Go back to JWTs"]
)
def test_to_go_back_to_what_was_superseded_conflicts(sample, step):
    assert verdicts(sample, step) == ["conflict"]


def test_to_drop_what_is_in_force_is_a_conflict(sample):
    assert verdicts(sample, "Drop the idempotency key requirement for refunds") == ["conflict"]


def test_the_opposite_of_what_was_decided_conflicts(sample):
    assert verdicts(sample, "Sign webhooks with one shared key") == ["conflict"]


@pytest.mark.parametrize(
    "step",
    [
        "Document the GraphQL lesson in the onboarding guide",
        "Upgrade Redis to version 7 for the rate limiter",
        "Print receipts as PDF on the merchant's own printer",
    ],
)
def test_what_only_shares_words_with_what_was_given_up_does_not_conflict(sample, step):
    assert verdicts(sample, step) != ["conflict"]


def test_the_opposite_of_what_is_proposed_is_not_cited_against_it(sample):
    step = Step(text="Split payments into a networked service with its own database")
    (checked,) = sample.check(Plan(steps=[step])).steps
    against = [one.cited.title for one in checked.findings if one.conflicts]

    assert against
    assert "Fold the payments service back into the monolith" not in against


def test_a_final_stop_makes_no_difference(sample):
    bare, stopped = "Use Redis lists as the queue", "Use Redis lists as the queue."
    one, other = sample.check(Plan(steps=[Step(text=bare), Step(text=stopped)])).steps

    assert (one.verdict, one.findings) == (other.verdict, other.findings)


def test_what_is_in_force_is_told_of_what_was_replaced_twice(sample):
    step = Step(text="Go back to server-side sessions")
    (checked,) = sample.check(Plan(steps=[step])).steps

    assert [one.title for one in checked.findings[0].instead] == [
        "Issue opaque access tokens and introspect them"
    ]


@pytest.mark.parametrize(
    "step",
    [
        "Store amounts as Decimal in Postgres",
        "Keep tokens in the cache for two hours",
        "Rename a column in one release",
    ],
)
def test_a_step_that_shares_its_nouns_with_a_decision_is_never_ok(sample, step):
    assert verdicts(sample, step)[0] in {"governed", "conflict"}


@pytest.mark.parametrize(
    "step",
    [
        "Sign webhooks with a secret per merchant",
        "RabbitMQ replaces Redis lists",
        "Dismantle the GraphQL gateway",
    ],
)
def test_to_do_what_was_decided_or_to_take_away_what_ended_is_ok(sample, step):
    assert verdicts(sample, step) == ["ok"]


def test_to_put_something_else_in_the_place_of_what_ended_is_not_ok(sample):
    assert verdicts(sample, "Replace the GraphQL gateway with SOAP") != ["ok"]


def test_where_the_model_that_reads_cannot_be_asked_no_conflict_and_no_ok_is_told(
    sample, monkeypatch
):
    def refuse(first, second):
        raise ModelNotUsable("all-MiniLM-L6-v2", "its weights are no plain BERT's")

    monkeypatch.setattr(evidence, "judge_pair", refuse)
    checked = sample.check(
        Plan(steps=[Step(text="Sign webhooks with one secret for all merchants")])
    )

    assert not checked.complete
    assert "no plain BERT" in checked.reason
    assert checked.steps[0].verdict in {"governed", "unknown"}
