"""`archmem index --history` and `archmem tried`, as people use them."""

from __future__ import annotations

import json

import pytest

from tests.indexer.history.conftest import run_git

pytestmark = pytest.mark.slow

SPLIT = "refactor: split payments out of api"


@pytest.fixture
def history(shop):
    """The shop as a repository in which payments were split and put together again."""
    run_git(shop, "init", "-q", "-b", "main")
    code = shop / "src" / "payments"
    code.mkdir(parents=True)
    (code / "refunds.py").write_text("refunds = 1\n")
    (shop / ".gitignore").write_text(".archmem\n")
    run_git(shop, "add", "-A")
    run_git(shop, "commit", "-q", "-m", "Begin")
    (code / "refunds.py").write_text("refunds = 2\n")
    run_git(shop, "commit", "-q", "-a", "-m", f"{SPLIT} (#12)\n\nOrders knew the gateway.")
    run_git(shop, "revert", "--no-edit", "HEAD", at="2024-02-03T12:00:00+00:00")
    message = run_git(shop, "log", "-1", "--format=%B")
    at = "2024-02-03T12:00:00+00:00"
    run_git(shop, "commit", "-q", "--amend", "-m", f"{message}\n\nExports broke.", at=at)
    return shop


def test_history_is_read_when_it_is_asked_for(answer, history):
    plain = answer("index")
    said = answer("index", "--history")

    assert "commit" not in plain
    assert "3 new commits read, 1 refactoring in git, 1 of them reverted: 1 added\n" in said
    assert "0 new commits read, 1 refactoring in git" in answer("index", "--history")


def test_once_it_was_read_every_run_goes_on_with_it(answer, history):
    answer("index", "--history")
    quiet = answer("index")
    (history / "orders.py").write_text("pass\n")
    run_git(history, "add", "-A")
    run_git(history, "commit", "-q", "-m", "refactor: move the order total into a value of its own")

    assert "commit" not in quiet
    assert "1 new commit read, 2 refactorings in git" in answer("index")


def test_the_report_has_it_as_json(objects, history):
    (plain,) = objects("index")
    (report,) = objects("index", "--history")

    assert plain["history"] is None
    assert (report["history"]["commits"], report["history"]["added"]) == (3, 1)


def test_what_was_tried_is_told_with_what_became_of_it(answer, history):
    answer("index", "--history")

    said = answer("tried", "split payments out of api")

    assert f"1. {SPLIT}" in said
    assert "reverted · 2024-01-01 to 2024-02-03" in said
    assert "commit " in said
    assert "Orders knew the gateway." in said
    assert "touched: payments" in said
    assert "on 2024-02-03: Exports broke." in said


def test_as_json_each_attempt_is_a_line(objects, history, answer):
    answer("index", "--history")

    (attempt,) = objects("tried", "split payments", "--module", "payments")

    assert attempt["reverted"] is True
    assert attempt["revert_reason"] == "Exports broke."
    assert attempt["reverted_on"] == "2024-02-03T12:00:00Z"
    assert attempt["commits"] == [attempt["commit"]]
    assert attempt["trust"] == "derived"


def test_what_was_done_again_after_it_was_taken_back_says_so(answer, history):
    run_git(history, "revert", "--no-edit", "HEAD", at="2024-02-04T12:00:00+00:00")
    by = run_git(history, "rev-parse", "HEAD").strip()
    answer("index", "--history")

    said = answer("tried", "split payments out of api")

    assert f"reverted for a while, and done again by {by[:12]}" in said
    assert "reverted by" not in said


def test_where_nothing_was_tried_it_says_so_and_how_to_know_more(run, shop):
    result = run("tried", "split payments")

    assert result.exit_code == 0
    assert result.stdout == ""
    assert "archmem index --history" in result.stderr


def test_lists_and_timelines_show_them_with_the_rest(answer, objects, history):
    answer("index", "--history")

    assert [one["title"] for one in objects("list", "--kind", "refactoring")] == [SPLIT]
    assert [one["event"] for one in objects("timeline", "payments")] == ["refactored", "reverted"]


def test_outside_git_it_is_one_line_and_no_failure(run, shop):
    result = run("index", "--history")

    assert result.exit_code == 0
    (problem,) = [line for line in result.stderr.splitlines() if line.startswith("Problem: ")]
    assert "There is no history to read" in problem


@pytest.mark.parametrize("option", [["--since", "2024-01-01"], ["--most", "5"]])
def test_bounds_are_for_history_only(run, shop, option):
    assert run("index", *option).exit_code == 2
    assert run("index", "--history", *option).exit_code == 0


def test_a_setting_says_how_many_are_kept(answer, history):
    (history / "archmem.toml").write_text("history_limit = 0\n")

    said = answer("index", "--history")

    assert "0 refactorings in git" in said
    assert "1 left out" in said


@pytest.mark.slow
def test_both_work_through_the_engine(machine, history):
    indexed = machine.run("--project", history, "index", "--history")
    told = machine.run("--project", history, "tried", "split payments", "--json")

    assert "1 refactoring in git" in indexed.stdout
    assert json.loads(told.stdout)["reverted"] is True


def test_as_of_a_day_or_a_commit_is_told_what_was_tried_by_then(answer, history):
    answer("index", "--history")
    ask = ("tried", "split payments out of api", "--json")

    assert json.loads(answer(*ask))["status"] == "reverted"
    assert answer(*ask, "--as-of", "2023-01-01") == ""
    assert json.loads(answer(*ask, "--as-of", "HEAD~1"))["status"] == "done"
    assert answer(*ask, "--as-of", "HEAD~2") == ""
