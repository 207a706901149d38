"""`archmem check`, as people and builds use it."""

from __future__ import annotations

import json

import pytest

from memory.plans import check, findings, gather_context
from memory.retrieval.calibration import Relevance

LISTS = "Stream background jobs through Redis, LPUSH and BRPOP on one list, as the job queue"


@pytest.fixture
def fitted(monkeypatch, word_model):
    """Numbers for the model that compares words, with which a few common words are near."""
    relevance = Relevance(
        model="words@1",
        bias=-9,
        meaning=20,
        opening=0,
        words=0,
        agreement=0,
        sharpness=10,
        answers=0.2,
        unasked=0.2,
    )
    monkeypatch.setattr(check, "relevance_in", lambda _: relevance)
    monkeypatch.setattr(gather_context, "relevance_in", lambda _: relevance)
    monkeypatch.setattr(findings, "load_relevance", lambda: relevance)


@pytest.fixture
def plan(tmp_path):
    def write(text):
        path = tmp_path / "plan.md"
        path.write_text(text)
        return str(path)

    return write


def lines(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("fitted")
def test_a_step_that_proposes_what_was_given_up_conflicts(run, shop, plan):
    result = run("check", plan(f"- {LISTS}\n"))

    assert result.exit_code == 3
    assert "1. conflict" in result.stdout
    assert "superseded: Use Redis lists as the job queue" in result.stdout
    assert ".claude/memory/context/decisions.md:" in result.stdout
    assert "in its place: Move background jobs to RabbitMQ" in result.stdout


@pytest.mark.usefixtures("fitted")
def test_taking_it_away_does_not(run, shop, plan):
    result = run("check", plan("- Remove the Redis lists that were the job queue\n"))

    assert result.exit_code == 0
    assert "conflict" not in result.stdout


@pytest.mark.usefixtures("fitted")
def test_json_is_one_object_a_step_with_the_same_exit_code(run, shop, plan):
    result = run("check", plan(f"- {LISTS}\n- Paint walls green\n"), "--json")
    first, second = lines(result)

    assert result.exit_code == 3
    assert (first["number"], first["verdict"], second["verdict"]) == (1, "conflict", "unknown")
    assert first["findings"][0]["conflicts"] is True
    assert first["findings"][0]["cited"]["uid"].startswith("dec-")


@pytest.mark.usefixtures("fitted")
@pytest.mark.parametrize("verb", ["Obliterate", "Mothball", "Order the demolition of", ""])
def test_what_a_verb_that_is_not_understood_does_is_governed(run, shop, plan, verb):
    result = run("check", plan(f"- {verb} the Redis lists that were the job queue\n"), "--json")
    (step,) = lines(result)

    assert (result.exit_code, step["verdict"]) == (0, "governed")
    assert "Redis lists" in step["unclear"]


@pytest.mark.usefixtures("fitted")
@pytest.mark.parametrize(
    "step", ["Publish events from İstanbul through Redis", " ".join(f"event{n}" for n in range(99))]
)
def test_any_words_can_be_a_step(run, shop, plan, step):
    assert run("check", plan(f"- {step}\n")).exit_code in {0, 3}


@pytest.mark.usefixtures("fitted")
def test_the_same_plan_is_told_the_same(run, shop, plan):
    path = plan(f"- {LISTS}\n- Limit request rates per merchant\n")

    assert run("check", path, "--json").stdout == run("check", path, "--json").stdout


@pytest.mark.usefixtures("word_model")
def test_numbers_that_were_fitted_on_another_model_are_not_used(run, shop, plan):
    result = run("check", plan(f"- {LISTS}\n"))

    assert result.exit_code == 0
    assert "unknown" in result.stdout
    assert "fitted on" in result.stderr


def test_without_a_model_nothing_is_claimed(run, shop, plan, no_model):
    result = run("check", plan(f"- {LISTS}\n"))

    assert result.exit_code == 0
    assert "unknown" in result.stdout
    assert "conflicts cannot be told without the model" in result.stderr


@pytest.mark.usefixtures("fitted")
def test_a_plan_comes_from_stdin_too(run, shop):
    result = run("check", "-", stdin=f"1. {LISTS}\n")

    assert result.exit_code == 3


def test_what_is_no_plan_is_one_line(run, shop, plan):
    result = run("check", plan(""))

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "no steps were found" in result.stderr


@pytest.mark.usefixtures("fitted")
def test_an_open_flag_about_a_step_is_told_beside_it(run, shop, plan):
    result = run("check", plan("- A revoked token no longer keeps working for thirty seconds\n"))

    assert "open flag: A revoked token keeps working for thirty seconds" in result.stdout


@pytest.mark.usefixtures("fitted")
def test_a_step_on_which_a_decision_bears_is_governed_whatever_its_verb(run, shop, plan):
    result = run("check", plan("- Tinker with the quorum queues of background jobs\n"))

    assert "1. governed" in result.stdout
    assert "governs: Move background jobs to RabbitMQ" in result.stdout
    assert "no decision or lesson is known" not in result.stdout


@pytest.mark.usefixtures("fitted")
@pytest.mark.parametrize(("options", "code"), [((), 0), (("--strict",), 4)])
def test_what_is_governed_fails_only_if_it_is_to(run, shop, plan, options, code):
    path = plan("- Tinker with the quorum queues of background jobs\n")

    assert run("check", path, *options).exit_code == code


@pytest.mark.usefixtures("fitted")
def test_a_conflict_quotes_the_sentence_that_decides(run, shop, plan):
    (step,) = lines(run("check", plan("- Publish background jobs to Streams in Redis\n"), "--json"))
    first = step["findings"][0]

    assert (step["verdict"], first["ground"]) == ("conflict", "not chosen")
    assert first["sentence"] == "Streams in Redis"


def test_a_sentence_in_place_of_a_plans_file_is_told_where_words_go(run, shop):
    said = run("check", "Move the jobs to a queue").stderr

    assert "there is no such file; words are given on stdin, with -" in said
    assert "words" not in run("check", "plan.md").stderr
