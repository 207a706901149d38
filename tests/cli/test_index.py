from __future__ import annotations

import json

import pytest

from memory.models.report import IndexReport
from tests.shop import MEMORY


def test_init_makes_an_empty_memory_and_says_where(run, new_shop):
    first, second = run("init"), run("init")

    assert first.stdout.strip() == str(new_shop / ".archmem")
    assert "Fill it with `archmem index`." in first.stderr
    assert "It was there already; nothing changed." in second.stderr
    assert (new_shop / ".archmem" / "memory.db").is_file()


def test_a_store_can_lie_elsewhere(run, new_shop, tmp_path):
    result = run("--store", str(tmp_path / "elsewhere"), "init")

    assert result.stdout.strip() == str(tmp_path / "elsewhere")
    assert not (new_shop / ".archmem").exists()


@pytest.mark.slow
def test_index_reports_on_stdout_and_narrates_on_stderr(run, new_shop):
    result = run("index")

    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("5 memories: 5 added\n3 files read, 0 unchanged\n")
    assert "texts embedded" in result.stdout
    assert "Reading files: 3 of 3" in result.stderr
    assert "Keeping memories: " in result.stderr
    assert "Embedding: " in result.stderr


def test_a_second_index_finds_nothing_new(answer, shop):
    answer("index")  # the files have been copied since they were read
    assert answer("index").startswith(
        "5 memories: none changed\n0 files read, 3 unchanged\nnothing to embed ("
    )


def test_index_as_json_is_one_object(objects, shop):
    (report,) = objects("index")

    assert set(report) == set(IndexReport.model_fields)
    assert (report["unchanged"], report["added"]) == (5, 0)


def test_each_problem_is_a_line_on_stderr_and_no_failure(run, shop):
    (shop / MEMORY / "flags" / "pending.json").write_text('{"flags": [\x1b')

    result = run("index", "--json")

    assert result.exit_code == 0
    assert json.loads(result.stdout)["problems"]
    (problem,) = [line for line in result.stderr.splitlines() if line.startswith("Problem: ")]
    assert f"{MEMORY}/flags/pending.json" in problem
    assert "\x1b" not in problem


@pytest.mark.slow
def test_many_removals_are_reported_and_asked_about(run, shop):
    (shop / MEMORY / "context" / "decisions.md").unlink()

    asked = run("index")
    accepted = run("index", "--accept-removals")

    assert asked.exit_code == 1
    assert "3 withheld" in asked.stdout
    assert "Error: 3 of 5 memories are no longer in the project's files." in asked.stderr
    assert "--accept-removals" in asked.stderr
    assert accepted.exit_code == 0
    assert "3 removed" in accepted.stdout


@pytest.mark.slow
def test_compiling_the_model_is_narrated(run, new_shop, monkeypatch):
    from memory.retrieval import model
    from tests.builders import WordEmbedder

    def compiling(*_, on_stage, **__):
        for words, share in (("loading", 0.0), ("exporting", 0.5), ("exporting", 0.6)):
            on_stage(words, share)
        return WordEmbedder()

    monkeypatch.setattr(model, "load_embedder", compiling)

    lines = run("index").stderr.splitlines()

    assert [line for line in lines if "Compiling" in line] == [
        "Compiling the model: loading (0% done)",
        "Compiling the model: exporting (50% done)",
    ]
