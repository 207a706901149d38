from __future__ import annotations

import pytest

from memory.views.json_fields import ANSWER_FIELDS, HIT_FIELDS, MEMORY_FIELDS, STANDING_FIELDS

QUESTION = "which queue do background jobs move to, Redis or RabbitMQ?"


def test_a_hit_says_what_it_is_where_it_stands_and_what_it_says(answer, shop):
    blocks = answer("search", QUESTION).split("\n\n")

    first = blocks[0].splitlines()
    assert first[0].startswith(" 1. Move background jobs to RabbitMQ")
    assert "decision · in force · dated 2026-01-12 · dec-" in first[1]
    assert ".claude/memory/context/decisions.md:" in first[2]
    assert "replaces “Use Redis lists as the job queue” dec-" in first[3]
    assert "Quorum queues" in blocks[0]


def test_what_was_superseded_names_what_replaced_it(answer, shop):
    blocks = answer("search", QUESTION).split("\n\n")

    (old,) = [block for block in blocks if "Use Redis lists" in block.splitlines()[0]]
    assert "decision · superseded · dated 2024-02-05 to 2026-01-12" in old
    assert "replaced by “Move background jobs to RabbitMQ”" in old


def test_signals_are_shown_only_on_request(answer, shop):
    assert "▇" in answer("search", QUESTION, "--explain")
    assert "▇" not in answer("search", QUESTION)


def test_hits_as_json_have_the_documented_fields(objects, shop):
    hits = objects("search", QUESTION, "--limit", "2")

    assert [hit["rank"] for hit in hits] == [1, 2]
    for hit in hits:
        fields = {**MEMORY_FIELDS, **STANDING_FIELDS, **HIT_FIELDS, **ANSWER_FIELDS}
        assert hit.keys() == fields.keys()
    assert hits[0]["score"] == pytest.approx(sum(hits[0]["signals"].values()), abs=0.01)


def test_filters_may_be_repeated(objects, shop):
    hits = objects("search", "queue", "--kind", "baseline", "--kind", "flag")

    assert {hit["kind"] for hit in hits} == {"baseline", "flag"}


def test_a_plain_date_means_the_end_of_its_day(objects, shop):
    def status_on(moment: str) -> str:
        hits = objects("search", "Redis lists", "--as-of", moment)
        return next(hit["status"] for hit in hits if "Redis" in hit["title"])

    assert status_on("2026-01-11") == "accepted"
    assert status_on("2026-01-12") == "superseded"
    assert status_on("2026-01-11T23:59:59Z") == "accepted"


def test_what_was_not_known_yet_is_not_found(run, shop):
    result = run("search", QUESTION, "--known-at", "2020-01-01")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "Nothing found.\n"


def test_a_bad_date_is_wrong_usage(run, shop):
    result = run("search", QUESTION, "--known-at", "last tuesday")

    assert result.exit_code == 2
    assert "'last tuesday' is no date; give a day such as 2024-05-14" in result.stderr


def test_what_is_neither_a_date_nor_a_commit_is_said(run, shop):
    result = run("search", QUESTION, "--as-of", "last tuesday")

    assert result.exit_code == 1
    assert "'last tuesday' is no commit" in result.stderr


def test_an_answer_by_words_alone_says_so_on_stderr(run, shop, no_model):
    result = run("search", "token bucket")

    assert "Limit request rates with token buckets" in result.stdout
    assert "Note: searched by words only" in result.stderr


def test_by_words_alone_a_score_is_how_much_of_the_question_stands_there(objects, shop, no_model):
    (first, *_) = objects("search", "kubernetes autoscaling of token vaults", "--json")

    assert first["score"] < 0.5


def test_words_of_the_question_are_marked_on_a_terminal(answer, shop, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")

    coloured = answer("search", "quorum queue")

    assert "\x1b[1;33mQuorum\x1b[0m" in coloured
    assert "\x1b[1;33mqueues\x1b[0m" in coloured


def test_no_color_means_no_colour(answer, shop, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[1;33m" not in answer("search", "quorum queue")


@pytest.mark.slow
@pytest.mark.parametrize("command", ["search", "list", "timeline", "show", "history"])
def test_recalled_text_cannot_drive_the_terminal(run, shop, command):
    hostile = "Pwn \x1b]0;owned\x07 \u202egnp.exe [red]markup[/red]"
    recorded = run("record", "note", "--title", hostile, "--body", hostile, "--module", "evil")
    uid = recorded.stdout.split()[1]
    argument = {"search": "pwn", "timeline": "evil", "list": "--module=evil"}.get(command, uid)

    result = run(command, argument)

    assert "[red]markup[/red]" in result.stdout
    assert not {"\x1b", "\x07", "\u202e"} & set(recorded.output + result.output)


def test_related_memories_say_how(answer, shop, uid_of):
    text = answer("related", uid_of("RabbitMQ"))

    assert "Use Redis lists as the job queue" in text.splitlines()[0]
    assert "why here: " in text


def test_related_as_json(objects, shop, uid_of):
    hits = objects("related", uid_of("RabbitMQ"), "--limit", "1")

    assert [hit["title"] for hit in hits] == ["Use Redis lists as the job queue"]


@pytest.mark.parametrize("question", ["", "   ", "\N{ROCKET}"])
@pytest.mark.parametrize("verb", ["search", "tried"])
def test_a_question_without_a_word_is_refused(shop, run, verb, question):
    result = run(verb, question)

    assert result.exit_code == 1
    assert f"{verb}: the question has no word" in result.stderr
