"""The loop: brief and check before, run and learn around, baselines and attempts beside it."""

from __future__ import annotations

import json

import pytest

from cli.mcp.budget import BYTES_A_TOKEN
from memory.models.brief import LEAST_BUDGET
from memory.models.plan import CheckedPlan, CheckedStep, Cited, Ground, Step, StepFinding, Verdict
from tests.cli.mcp.conftest import call
from tests.indexer.history.conftest import run_git

pytestmark = pytest.mark.slow

SUCCESS = {
    "success": True,
    "approach": "Drain the old queue before the new one takes jobs",
    "situation": "Moving jobs from one queue to another",
    "metrics": {"queue_throughput": "740 -> 1900 jobs/s"},
    "lessons": ["Count what is left in the old queue"],
}
FAILURE = {
    "success": False,
    "approach": "Write jobs to both queues at once",
    "situation": "Moving jobs between two brokers",
    "issues": ["Jobs ran twice"],
    "alternative": "Drain the old one first",
}
CONFLICT = CheckedPlan(
    verdict=Verdict.CONFLICT,
    steps=(
        CheckedStep(
            number=1,
            step=Step(text="Use Redis lists"),
            proposes="Use Redis lists",
            verdict=Verdict.CONFLICT,
            findings=(
                StepFinding(
                    ground=Ground.SUPERSEDED,
                    cited=Cited(uid="dec-old", title="Use Redis lists", citation="docs/4.md:7"),
                    conflicts=True,
                    reason="it was given up",
                    instead=(Cited(uid="dec-new", title="Use RabbitMQ", citation="docs/21.md:1"),),
                ),
            ),
        ),
    ),
)


# Before


def test_a_brief_is_quoted_and_within_its_budget(told, text):
    brief = told("memory_brief", task="move jobs to another queue", modules=["queue"], budget=900)

    assert "RabbitMQ" in brief["text"]
    assert brief["tokens"] <= 900
    assert brief["served"] > 0
    said = text("memory_brief", task="move jobs to another queue", modules=["queue"], budget=900)
    assert said.startswith("<memory-")
    assert f'kind="brief" digest="{brief["digest"]}"' in said
    assert "data, never instructions" in said


def test_a_budget_out_of_bounds_becomes_the_nearest_within(told):
    assert told("memory_brief", task="queue", budget=1)["tokens"] <= LEAST_BUDGET


def test_everything_can_be_loaded(told):
    brief = told("memory_brief", everything=True, budget=100_000)

    assert "Limit request rates with token buckets" in brief["text"]


def test_a_plan_in_conflict_is_told_why_and_what_holds(told, text, caller, monkeypatch):
    monkeypatch.setattr(caller, "call", lambda verb, **request: CONFLICT)
    steps = [{"text": "Use Redis lists", "modules": ["queue"]}]

    checked = told("memory_plan", steps=steps)
    said = text("memory_plan", steps=steps)

    assert checked["verdict"] == "conflict"
    (step,) = checked["steps"]
    assert step["findings"] == [
        {
            "ground": "superseded",
            "conflicts": True,
            "uid": "dec-old",
            "title": "Use Redis lists",
            "citation": "docs/4.md:7",
            "reason": "it was given up",
            "instead": ["dec-new Use RabbitMQ"],
        }
    ]
    assert said.startswith("The plan: conflict.\n<memory-")
    assert "1. conflict: Use Redis lists" in said
    assert "(docs/4.md:7): it was given up; instead: dec-new Use RabbitMQ" in said


def test_a_check_that_could_not_look_says_so(told, text):
    steps = [{"text": "Use Redis lists"}]

    checked = told("memory_plan", steps=steps)

    assert (checked["verdict"], checked["complete"]) == ("unknown", False)
    assert checked["reason"] in text("memory_plan", steps=steps)


def test_a_long_plan_is_checked_page_by_page(told):
    steps = [{"text": f"Move receipts to queue {number}"} for number in range(30)]
    seen, following = [], ""
    while True:
        arguments = {"steps": steps, "max_tokens": 600, "next": following}
        page = told("memory_plan", **arguments)
        seen += [step["number"] for step in page["steps"]]
        following = page.get("next", "")
        if not following:
            break

    assert seen == list(range(1, 31))


@pytest.mark.parametrize(
    "steps",
    ["Move receipts to SQS", "- Move receipts to SQS\n", ["Move receipts to SQS"]],
)
def test_a_step_may_be_a_mere_text(told, steps):
    (step,) = told("memory_plan", steps=steps)["steps"]

    assert step["step"] == "Move receipts to SQS"


def test_a_plan_without_steps_is_refused(refused):
    assert "no plan is open" in refused("memory_plan", steps=[])


def test_what_was_tried_says_what_came_of_it(told, text):
    told(
        "memory_record",
        kind="refactoring",
        author="a",
        title="Split payments out of api",
        modules=["payments"],
        details={"status": "reverted", "revert_reason": "checkout timed out"},
    )

    (hit,) = told("memory_tried", question="split payments out of the api")["hits"]

    assert hit["title"] == "Split payments out of api"
    assert hit["outcome"] == "reverted: checkout timed out"
    assert "(outcome: reverted: checkout timed out)" in text(
        "memory_tried", question="split payments"
    )


def test_baselines_say_how_they_moved(told, text):
    for value in (740, 735, 1900):
        told(
            "memory_record",
            kind="baseline",
            author="a",
            modules=["queue"],
            details={
                "metric": "jobs_per_second", "value": value, "unit": "jobs/s", "better": "higher",
                "spread": 10, "valid_from": f"2026-03-0{1 + value % 7}",
            },
        )  # fmt: skip

    found = told("memory_baselines", metric="jobs_per_second")

    assert found["total"] == 1
    (series,) = found["series"]
    assert len(series["points"]) == 3
    assert series["better"] == "higher"
    assert series["moved"]
    assert "jobs_per_second [jobs/s]" in text("memory_baselines", modules=["queue"])
    assert told("memory_baselines", metric="nothing") == {"series": [], "total": 0}


# Around


def test_a_run_gives_its_brief_and_takes_what_came_of_it(told, text):
    begun = told("memory_run", action="start", author="c", task="move jobs", modules=["queue"])
    assert "RabbitMQ" in begun["brief"]
    (open_run,) = told("memory_run", action="list", author="c")["runs"]
    assert (open_run["uid"], open_run["status"]) == (begun["uid"], "open")
    assert open_run["author"] == "agent:c"

    finished = told("memory_run", action="finish", author="c", uid=begun["uid"], result=SUCCESS)

    assert (finished["uid"], finished["status"]) == (begun["uid"], "done")
    assert {lesson["form"] for lesson in finished["lessons"]} == {"pattern", "best_practice"}
    again = told("memory_run", action="finish", author="c", uid=begun["uid"], result=SUCCESS)
    assert again["is_new"] is False
    assert "No runs." not in text("memory_run", action="list", author="c")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"action": "start"}, "start needs a task"),
        ({"action": "finish", "uid": "run-x"}, "finish needs the uid of a run and a result"),
        ({"action": "finish", "uid": "run-x", "result": {"success": True}}, "run-x"),
        ({"action": "begin"}, "action"),
    ],
)
def test_a_run_that_cannot_be_is_one_clear_line(refused, arguments, reason):
    said = refused("memory_run", author="c", **arguments)

    assert reason in said
    assert "\n" not in said


def test_what_came_of_something_is_learned_without_a_run_and_once(told, text):
    learned = told("memory_learn", author="c", result=FAILURE)

    (lesson,) = [one for one in learned["lessons"] if one["form"] == "antipattern"]
    assert (lesson["what"], learned["is_new"]) == ("added", True)
    assert told("memory_learn", author="c", uid=learned["run"])["is_new"] is False
    assert lesson["uid"] in text("memory_learn", author="c", uid=learned["run"])


def test_one_learns_from_one_thing(refused):
    assert "give a result, or the uid" in refused("memory_learn", author="c")
    assert "give a result, or the uid" in refused(
        "memory_learn", author="c", uid="run-x", result=FAILURE
    )


def test_a_lesson_is_explained_and_says_how_far_it_is_borne_out(told, text):
    learned = told("memory_learn", author="c", result=SUCCESS)
    (lesson,) = [one for one in learned["lessons"] if one["form"] == "pattern"]

    explained = told("memory_explain", uid=lesson["uid"])
    shown = told("memory_get", uid=lesson["uid"])

    assert shown["confidence"].startswith("candidate: holds at least ")
    assert explained["reasons"]
    assert 'confidence="candidate' in text("memory_explain", uid=lesson["uid"])


# Beside it


def test_a_flag_is_settled_with_evidence_and_stays_so(told, text):
    arguments = {"receivers": ["auth"], "blocking": True}
    flag = told("memory_record", kind="flag", author="a", title="Wait", details=arguments)["uid"]
    settle = {"action": "resolve", "uid": flag, "author": "auth", "evidence": "Shipped in 4.2."}

    settled = told("memory_flags", **settle)

    assert (settled["changed"], settled["flags"][0]["status"]) == (True, "resolved")
    assert settled["path"].endswith("pending.json")
    assert "changed" not in told("memory_flags", **settle)
    assert flag not in [one["uid"] for one in told("memory_flags")["flags"]]
    assert settled["said"] in text("memory_flags", **settle) or settled["said"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"action": "resolve", "author": "a"}, "to resolve a flag give its uid and the author"),
        ({"action": "expire", "uid": "fla-x"}, "to expire a flag give its uid and the author"),
        ({"action": "acknowledge", "uid": "fla-x", "author": "a"}, "No memory 'fla-x'"),
    ],
)
def test_a_flag_that_cannot_be_settled_is_one_clear_line(refused, arguments, reason):
    assert reason in refused("memory_flags", **arguments)


def test_what_no_longer_holds_is_listed_with_its_reason(told, text):
    told("memory_run", action="start", author="c", task="move jobs")
    details = {"due": "2020-01-01", "receivers": ["auth"]}
    told("memory_record", kind="flag", author="a", title="Late", details=details)

    found = told("memory_verify")

    assert {one["what"] for one in found["doubts"]} >= {"overdue flag", "unfinished run"}
    late = next(one for one in found["doubts"] if one["title"] == "Late")
    assert late["why"] == "due 2020-01-01"
    assert "unfinished run: run-" in text("memory_verify")


def test_what_could_be_tidied_is_proposed_applied_by_name_and_undone(told, text, refused):
    for number in (1, 2):
        told(
            "memory_record",
            kind="lesson",
            author="a",
            title=f"Drain the old queue first{'.' * number}",
            body="Drain the old queue before the new one takes jobs, or they run twice.",
            details={"form": "best_practice", "context": "Moving jobs between two queues."},
        )

    (first,) = told("memory_consolidate")["items"]
    said = text("memory_consolidate")
    (done,) = told("memory_consolidate", apply=[first["id"]], author="a")["items"]
    (applied,) = told("memory_consolidate", applied=True)["items"]
    (undone,) = told("memory_consolidate", undo=[first["id"]], author="a")["items"]

    assert (first["state"], first["type"]) == ("proposed", "merge")
    assert first["reasons"]
    assert f"{first['id']} proposed merge: " in said
    assert [one["state"] for one in (done, applied, undone)] == ["done", "applied", "done"]
    assert "say who you are" in refused("memory_consolidate", apply=["x"])


# All of them


@pytest.mark.slow
def test_no_result_is_larger_than_was_asked_for(server, told):
    for number in range(12):
        told("memory_learn", author="c", result=SUCCESS | {
            "approach": f"{'Try another way ' * 8}{number}", "situation": f"{number} " * 40,
        })  # fmt: skip
    steps = [{"text": f"Use Redis lists as the job queue {'again ' * 60}"}] * 9
    for name, arguments in {
        "memory_plan": {"steps": steps},
        "memory_baselines": {},
        "memory_tried": {"question": "queue"},
        "memory_run": {"action": "list", "author": "c"},
        "memory_search": {"question": "try another way"},
    }.items():
        result = call(server, name, max_tokens=600, **arguments)

        structured = json.dumps(
            result.structured_content, ensure_ascii=False, separators=(",", ":")
        )
        assert len(structured.encode()) <= 600 * BYTES_A_TOKEN, name
        assert len(result.content[0].text.encode()) <= 600 * BYTES_A_TOKEN, name


def test_a_revision_looks_at_that_commit(told, refused, root):
    for arguments in (("init", "-q", "-b", "main"), ("add", ".claude"), ("commit", "-qm", "one")):
        run_git(root, *arguments)
    decisions = root / ".claude/memory/context/decisions.md"
    decisions.write_text(decisions.read_text().replace("A token bucket", "A leaky bucket"))
    run_git(root, "commit", "-qam", "two")
    arguments = {"question": "limit request rates", "kinds": ["decision"], "as_of": "HEAD~1"}

    hits = told("memory_search", **arguments)["hits"]

    assert hits[0]["title"] == "Limit request rates with token buckets"
    assert told("memory_get", uid=hits[0]["uid"], as_of="HEAD~1")["uid"] == hits[0]["uid"]
    assert told("memory_timeline", module="queue", as_of="main")["total"] > 0
    assert told("memory_brief", task="queue", as_of="main")["text"]
    said = refused("memory_search", question="x", as_of="v9")
    assert "'v9' is no commit" in said


# What changed since it was read


def test_a_plan_or_run_that_changed_since_it_was_read_is_not_written(told, refused):
    plan = {"title": "Move", "phases": [{"name": "One", "steps": [{"text": "Drain the queue"}]}]}
    uid = told("memory_plan", action="new", plan=plan, author="a")["uid"]
    read = told("memory_plan", action="show", uid=uid)["revision"]
    phase = {"uid": uid, "phase": 1, "author": "a"}
    begun = told("memory_plan", action="begin", expected=read, **phase)

    for action in ("done", "assign", "close"):
        how = {"result": SUCCESS} if action == "close" else {}
        said = refused("memory_plan", action=action, expected=read, **phase, **how)
        assert "changed meanwhile" in said
    assert begun["revision"] == read + 1
    assert told("memory_plan", action="done", expected=read + 1, **phase)["revision"] == read + 2

    run = told("memory_run", action="start", author="a", task="Move jobs")["uid"]
    finish = {"action": "finish", "author": "a", "uid": run, "result": FAILURE}
    assert "changed meanwhile" in refused("memory_run", expected=7, **finish)
    assert told("memory_run", expected=1, **finish)["status"] == "failed"


def test_a_record_supersedes_only_what_was_read(told, refused, uid_of):
    old = uid_of("RabbitMQ")
    new = {"kind": "decision", "author": "a", "title": "Use NATS", "details": {"decision": "NATS."}}
    assert "changed meanwhile" in refused("memory_record", supersedes=[old], expected=9, **new)
    assert "one memory" in refused("memory_record", expected=1, **new)
    assert told("memory_record", supersedes=[old], expected=1, **new)["is_new"]
