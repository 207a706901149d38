"""`archmem run` and `archmem learn`, as people and coordinators use them."""

from __future__ import annotations

import json
import sqlite3

import pytest

from cli.verbs.learn import LEARNED_FIELDS
from cli.verbs.run import BEGUN_FIELDS, FINISHED_FIELDS, RUN_FIELDS

pytestmark = pytest.mark.slow

RESULT = {
    "from": "coordinator-backend",
    "result": {
        "success": True,
        "approach": "Quorum queues, acknowledged when the job is done",
        "situation": "A deploy lost jobs",
        "metrics": {"lost_jobs": "12 -> 0"},
        "lessons": ["Measure before and after"],
    },
}
TASK = "Move receipts to the queue"


@pytest.fixture
def begun(objects, shop):
    """A run that was opened."""
    (run,) = objects("run", "start", "--task", TASK, "--modules", "queue, notifications")
    return run


def test_starting_prints_the_uid_and_the_brief(answer, shop):
    said = answer("run", "start", "--task", TASK)

    first, _, third, *_ = said.splitlines()
    assert first.startswith("Begun run-")
    assert third.startswith("# Brief")
    assert "RabbitMQ" in said


def test_a_run_can_be_opened_without_a_brief(answer, shop):
    assert len(answer("run", "start", "--task", TASK, "--no-brief").splitlines()) == 1


def test_a_result_on_stdin_is_taken_as_it_stands(answer, begun):
    said = answer("run", "finish", begun["uid"], "--from", "-", stdin=json.dumps(RESULT))

    finished, pattern, practice = said.splitlines()
    assert finished == f"Finished {begun['uid']}: done."
    assert pattern.startswith("new: pattern les-")
    assert ".claude/memory/learned/patterns.md" in pattern
    assert practice.startswith("new: best practice les-")


def test_options_say_the_same_and_have_precedence(objects, begun, shop):
    (finished,) = objects(
        "run", "finish", begun["uid"], "--from", "-",
        "--failure", "--issue", "Twice the disk", "--issue", "Slower",
        "--metric", "p95: 430 -> 380 ms", "--alternative", "An outbox",
        stdin=json.dumps(RESULT),
    )  # fmt: skip

    (shown,) = objects("show", begun["uid"])
    details = shown["details"]
    assert finished["status"] == details["status"] == "failed"
    assert details["issues"] == ["Twice the disk", "Slower"]
    assert details["approach"] == RESULT["result"]["approach"]
    assert details["metrics"][0] == {
        "metric": "p95", "before": 430.0, "after": 380.0, "unit": "ms", "words": "",
    }  # fmt: skip
    assert shown["author"] == "agent:coordinator-backend"


def test_whoever_reports_may_be_named(objects, begun):
    objects("run", "finish", begun["uid"], "--success", "--author", "agent:payments")

    (shown,) = objects("show", begun["uid"])
    assert (shown["author"], shown["trust"]) == ("agent:payments", "agent")


def test_fields_that_nobody_knows_are_kept_and_named(run, objects, begun):
    said = json.dumps({"success": True, "hours": 40})

    result = run("run", "finish", begun["uid"], "--from", "-", stdin=said)

    assert "Kept as they are, being no fields of a result: hours." in result.stderr
    (shown,) = objects("show", begun["uid"])
    assert shown["extra"] == {"hours": 40}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('{"sucess": true}', "is it 'success'?"),
        ("{}", "success: a result has to say true or false."),
        ("[1]", "one JSON object"),
        ('{"success": true', "is not JSON"),
        ('{"success": true, "helped": ["dec-none"]}', "No memory 'dec-none'."),
    ],
)
def test_what_cannot_be_taken_is_one_line_and_keeps_nothing(run, objects, begun, said, words):
    result = run("run", "finish", begun["uid"], "--from", "-", stdin=said)

    assert result.exit_code == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
    assert words in line
    assert objects("run", "list")[0]["status"] == "open"


def test_finishing_twice_says_so_and_another_result_is_refused(run, answer, begun):
    answer("run", "finish", begun["uid"], "--success", "--approach", "Quorum queues")

    again = answer("run", "finish", begun["uid"], "--success", "--approach", "Quorum queues")
    other = run("run", "finish", begun["uid"], "--failure")

    assert again.startswith(f"Finished {begun['uid']}: done, as was known.\nLearned before from")
    assert other.exit_code == 1
    assert "was finished before, with another result" in other.stderr


def test_runs_are_listed_those_first_that_were_never_finished(answer, run, shop):
    assert "There are no runs" in run("run", "list").stderr
    answer("run", "start", "--task", "First", "--no-brief")
    answer("run", "start", "--task", "Second", "--no-brief")
    uid = answer("run", "list").splitlines()[1].split()[0]
    answer("run", "finish", uid, "--success")

    _, first, second = answer("run", "list").splitlines()

    assert "not finished, begun 20" in first
    assert "just now" in first
    assert first.endswith("First")
    assert "done 20" in second


def test_status_names_what_was_never_finished(answer, begun):
    (line,) = [one for one in answer("status").splitlines() if one.startswith("Runs")]

    assert "1 run not finished, the oldest begun 20" in line


def test_learning_can_wait(answer, run, begun):
    finished = run(
        "run", "finish", begun["uid"], "--success", "--approach", "Quorum queues", "--no-learn"
    )

    assert f"`archmem learn {begun['uid']}` does" in finished.stderr
    assert "not learned from" in answer("run", "list")
    assert answer("learn", begun["uid"]).startswith("new: pattern les-")
    assert answer("learn", begun["uid"]).startswith("Learned before from")
    assert "not learned from" not in answer("run", "list")


def test_a_result_needs_no_run(answer, objects, shop):
    said = json.dumps(RESULT)

    first = answer("learn", "--from", "-", stdin=said)
    second = answer("learn", "--from", "-", stdin=said)

    assert first.count("new: ") == 2
    assert second.startswith("Learned before from run-")
    (run,) = objects("run", "list")
    assert (run["status"], run["learned"]) == ("done", True)


@pytest.mark.parametrize("arguments", [[], ["run-aaaaaaaa", "--success"]])
def test_learning_takes_a_run_or_a_result(run, shop, arguments):
    result = run("learn", *arguments)

    assert result.exit_code == 2
    assert "Name a run, or give a result." in result.stderr


def test_contradictions_are_told(answer, shop):
    worked = RESULT["result"] | {"lessons": []}
    failed = worked | {"success": False, "issues": ["Twice the disk"]}
    answer("learn", "--from", "-", stdin=json.dumps(worked))

    said = answer("learn", "--from", "-", stdin=json.dumps(failed))

    assert said.splitlines()[0].startswith("new: antipattern les-")
    assert said.splitlines()[1].startswith("evidence against: pattern les-")


def test_a_run_reads_well(answer, begun):
    answer("run", "finish", begun["uid"], "--from", "-", stdin=json.dumps(RESULT))

    page, history = answer("show", begun["uid"]), answer("history", begun["uid"])

    assert "run · done" in page
    assert "lost_jobs 12 -> 0" in page
    assert "**Approach:** Quorum queues, acknowledged" in page
    assert "revision 1" in page  # of what was served
    assert "digest" not in page
    assert "status: (nothing) → done" in history
    assert [line.split()[1] for line in answer("list", "--kind", "run").splitlines()[1:]] == [
        begun["uid"]
    ]


def test_a_search_returns_runs_only_when_they_are_asked_for(objects, begun):
    assert "run" not in {one["kind"] for one in objects("search", TASK)}
    assert [one["uid"] for one in objects("search", TASK, "--kind", "run")] == [begun["uid"]]


def test_what_is_said_in_a_result_cannot_move_the_cursor(answer, begun):
    said = json.dumps({"success": True, "approach": "Quorum \x1b[2J queues"})

    answer("run", "finish", begun["uid"], "--from", "-", stdin=said)

    for words in (
        answer("show", begun["uid"]),
        answer("run", "list"),
        answer("learn", begun["uid"]),
    ):
        assert "\x1b" not in words


def test_every_field_of_the_json_is_explained(objects, begun, shop):
    (finished,) = objects("run", "finish", begun["uid"], "--from", "-", stdin=json.dumps(RESULT))
    (learned,) = objects("learn", begun["uid"])
    (run,) = objects("run", "list")

    assert begun.keys() == BEGUN_FIELDS.keys()
    assert finished.keys() == FINISHED_FIELDS.keys()
    assert learned.keys() == LEARNED_FIELDS.keys()
    assert run.keys() == RUN_FIELDS.keys()
    assert finished["learned"].keys() == LEARNED_FIELDS.keys()


@pytest.mark.slow
def test_the_loop_goes_through_the_engine(machine, shop):
    started = machine.run("--project", shop, "run", "start", "--task", TASK, "--json")
    uid = json.loads(started.stdout)["uid"]
    finished = machine.run(
        "--project", shop, "run", "finish", uid, "--success", "--approach", "Quorum queues"
    )

    assert f"Finished {uid}: done." in finished.stdout
    assert "new: pattern les-" in finished.stdout


def test_a_ledger_that_cannot_be_read_is_told_as_such_wherever_it_is_asked(
    run, new_shop, monkeypatch
):
    run("index")

    def fail(*_):
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    monkeypatch.setattr("memory.credentials.gate.kept_gate", fail)

    ended = run("run", "start", "--task", "Sort", "--no-brief")

    assert ended.exit_code == 1
    assert "cannot be written" in ended.stderr
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
