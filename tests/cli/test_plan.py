"""Plans on the command line: kept in a file, measured, followed."""

from __future__ import annotations

import json

import pytest

from memory.api import ArchMem
from memory.errors import StoreNotWritable
from tests.indexer.code.conftest import write

pytestmark = pytest.mark.slow

FILES = {
    "users/models.py": "class User:\n    def save(self): ...\n",
    "orders/models.py": "from users.models import User\nclass Order:\n    owner = User\n",
    "orders/jobs.py": "from users.models import User\n",
    "tests/test_orders.py": "from orders.models import Order\ndef test_it(): Order()\n",
}
PLAN = {
    "title": "Part orders from users",
    "phases": [
        {
            "name": "preparation",
            "steps": [{"text": "Test orders", "agent": "orders-agent", "modules": ["orders"]}],
            "gates": ["a test reaches orders/models.py"],
            "way_back": "revert",
        },
        {
            "name": "migration",
            "steps": ["Take users out of orders/models.py", "Take users out of orders/jobs.py"],
            "gates": ["orders must not import users", "coverage of orders at least 80 %"],
        },
    ],
}


@pytest.fixture
def planned(shop, objects, monkeypatch):
    write(shop, FILES)
    (shop / "plan.json").write_text(json.dumps(PLAN))
    monkeypatch.chdir(shop)
    (said,) = objects("plan", "new", "plan.json")
    return str(said["recorded"]["uid"])


def test_a_plan_is_a_memory_that_its_file_says(planned, shop, answer, objects):
    shown = answer("plan", "show")
    assert "1. preparation (planned)" in shown
    assert "   1 Test orders in orders [orders-agent]" in shown
    assert "gate: orders must not import users" in shown
    assert "way back: revert" in shown

    (entry,) = json.loads((shop / ".claude/memory/plans/plans.json").read_text())["plans"]
    assert entry["uid"] == planned
    answer("index")
    (again,) = objects("plan", "show")
    assert again["plan"]["phases"][1]["at_start"] == [
        {"gate": "orders must not import users", "value": 2.0}
    ]
    assert len(objects("history", planned)) == 1
    assert planned in answer("search", "part orders from users")


def test_the_same_plan_is_kept_once(planned, objects):
    (said,) = objects("plan", "new", "plan.json")

    assert (said["recorded"]["uid"], said["recorded"]["is_new"]) == (planned, False)


def test_status_tells_what_gates_measure_now(planned, shop, answer):
    before = answer("plan", "status")
    assert "met         a test reaches orders/models.py: tests/test_orders.py reaches it" in before
    assert "0 of 2 imports gone" in before
    assert "cannot tell coverage of orders at least 80 %: the project has no report" in before

    (shop / "orders/jobs.py").write_text("")
    after = answer("plan", "status")
    assert "open        orders must not import users: 1 of 2 imports gone" in after
    assert "███░░░░░░░░░░░░░░░░░  16% phase 2 migration: planned" in after


def test_a_wrong_file_and_a_wrong_uid_are_refused_in_a_line(shop, run, monkeypatch):
    monkeypatch.chdir(shop)
    (shop / "empty.json").write_text("{}")
    (shop / "broken.json").write_text("{")

    for arguments, why in (
        (("status", "pla-aaaaaaaa"), "pla-aaaaaaaa"),
        (("show",), "no plan is open"),
        (("new", "empty.json"), "it has no steps"),
        (("new", "broken.json"), "broken.json"),
    ):
        refused = run("plan", *arguments)
        assert refused.exit_code == 1
        assert why in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_a_gate_that_is_lost_has_one_flag_until_it_is_met_again(planned, shop, answer, objects):
    test = shop / "tests/test_orders.py"
    said = test.read_text()

    test.unlink()
    first = answer("index")
    assert "lost: a test reaches orders/models.py (no test is known to reach it)" in first
    assert "lost: " not in answer("index")
    assert "lost        a test reaches orders/models.py" in answer("plan", "status")
    (flag,) = [one for one in objects("flag", "list") if "gate" in one["title"].lower()]
    (flag,) = objects("show", flag["uid"])
    assert flag["details"]["receivers"] == ["orders-agent"]

    test.write_text(said)
    assert "met again: a test reaches orders/models.py" in answer("index")
    assert flag["uid"] not in answer("flag", "list")
    assert "met         a test reaches" in answer("plan", "status")


def test_a_run_of_a_step_takes_what_the_plan_says_and_begins_its_phase(planned, answer, objects):
    (begun,) = objects("run", "start", "--plan", planned[:6], "--step", "1", "--no-brief")

    assert (begun["plan"], begun["step"], begun["beside"]) == (planned, 1, [])
    (run,) = objects("run", "list")
    assert (run["task"], run["modules"]) == ("Test orders", ["orders"])
    (status,) = objects("plan", "status")
    assert [one["status"] for one in status["phases"]] == ["open", "planned"]
    assert status["phases"][0]["steps_open"] == 1

    answer("run", "finish", begun["uid"], "--success", "--approach", "Wrote them")
    assert "phase 1 preparation: open, 1 of 1 steps done" in answer("plan", "status")
    assert f"{begun['uid']} done" in answer("plan", "show")


def test_what_speaks_against_a_step_is_said_when_its_run_starts(planned, run, objects):
    objects("run", "start", "--plan", planned, "--step", "2", "--no-brief")

    third = run("run", "start", "--plan", planned, "--step", "3", "--no-brief")
    assert "Mind: phase 1, preparation, is planned." in third.stderr
    assert "Mind: step 2 is in flight on module orders too." in third.stderr
    for arguments, why in (
        (("--plan", planned, "--step", "9"), "there is no step 9; it has 3"),
        (("--plan", planned), "say which step of the plan it does"),
    ):
        refused = run("run", "start", *arguments)
        assert refused.exit_code == 1
        assert why in refused.stderr


def test_a_phase_is_done_when_nothing_speaks_against_it_or_somebody_means_it(
    planned, shop, run, answer, objects
):
    assert "phase 1, preparation, is planned" in run("plan", "phase", "2", "--done").stderr
    assert "Phase 1 preparation: done" in answer("plan", "phase", planned, "1", "--done")
    assert "as was known" in answer("plan", "phase", "1", "--done")
    refused = run("plan", "phase", "2", "--done")
    assert refused.exit_code == 1
    assert "open: orders must not import users (0 of 2 imports gone)" in refused.stderr

    back = answer("plan", "phase", "1", "--back", "--because", "It broke checkout")
    assert "Way back: revert" in back
    assert "say why it is taken back" in run("plan", "phase", "2", "--back").stderr
    (shown,) = objects("plan", "show")
    assert (shown["plan"]["phases"][0]["status"], shown["plan"]["phases"][0]["reason"]) == (
        "reverted",
        "It broke checkout",
    )
    assert len(objects("history", planned)) == 3

    answer("undo")
    (shown,) = objects("plan", "show")
    assert shown["plan"]["phases"][0]["status"] == "done"


def test_what_was_done_of_a_phase_that_is_taken_back_is_to_be_done_again(planned, answer, objects):
    answer("plan", "phase", "1", "--begin")
    answer("plan", "phase", "1", "--step", "1", "--done")
    answer("plan", "phase", "1", "--back", "--because", "It broke checkout")

    assert "(done)" not in answer("plan", "show")
    assert "0 of 1 steps done" in answer("plan", "phase", "1", "--begin")


def test_a_plan_that_is_closed_is_learned_from(planned, shop, answer, objects):
    answer("plan", "phase", "1", "--done")
    for name in ("models", "jobs"):
        (shop / f"orders/{name}.py").write_text("class Order: ...\n")
    answer("plan", "phase", "2", "--begin")
    answer("plan", "phase", "2", "--done")

    closed = answer("plan", "close", "--lesson", "Write tests first.")
    assert f"Closed {planned}: done." in closed
    assert "pattern" in closed
    assert "best practice" in closed
    (run,) = objects("run", "list")
    (shown,) = objects("show", run["uid"])
    assert shown["details"]["approach"].endswith("preparation, then migration")
    assert "as was known" in answer("plan", "close", planned)
    assert "No plan is open" in answer("plan", "status") or not objects("plan", "status")
    (again,) = objects("plan", "status", planned)
    assert again["status"] == "done"


def test_closing_a_plan_again_learns_what_could_not_be_kept_before(
    planned, shop, answer, objects, monkeypatch
):
    def refuse(*_, **__):
        raise StoreNotWritable(shop, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(ArchMem, "record", refuse)
        answer("plan", "close", "--success", "--approach", "Write to both tables")
    assert not objects("list", "--kind", "lesson")

    assert "Write to both tables" in answer("plan", "close", planned)

    assert len(objects("list", "--kind", "lesson")) == 1
    assert "Write to both tables" not in answer("plan", "close", planned)


def test_what_is_left_of_a_plan_that_is_closed_is_told_and_is_no_part_of_what_worked(
    planned, answer, objects
):
    answer("plan", "phase", "1", "--done")
    closed = answer("plan", "close", "--success")
    assert "phase 2, migration, was not done" in closed
    assert "not met when it was closed: orders must not import users (0 of 2 " in closed
    (run,) = objects("run", "list")
    (shown,) = objects("show", run["uid"])
    assert shown["details"]["approach"].endswith(": preparation")


def test_each_engineer_is_told_what_is_its_own_once(shop, answer, objects, monkeypatch):
    """By the plan's word, by module and by what its definition speaks of."""
    write(
        shop,
        FILES
        | {
            ".claude/agents/orders-agent.md": "---\nname: orders-agent\n---\nOrders.\n",
            ".claude/agents/cryptographer.md": "---\nname: cryptographer\n"
            "description: Hashes passwords and signs tokens.\n---\nKeys and hashes.\n",
        },
    )
    monkeypatch.chdir(shop)
    answer("index")
    steps = [
        {"text": "Take users out of orders/models.py", "modules": ["orders"]},
        {"text": "Sign tokens with hashed passwords"},
        {
            "text": "Queue webhooks in RabbitMQ",
            "agent": "queue-agent",
            "modules": ["queue"],
            "after": [1],
        },
        {"text": "Paint it blue"},
    ]
    plan = {"title": "Part it", "phases": [{"name": "one", "steps": steps, "way_back": "revert"}]}
    (shop / "plan.json").write_text(json.dumps(plan))
    answer("plan", "new", "plan.json")

    (told,) = objects("plan", "assign", "--budget", "900")

    assert told["to"] == ["orders-agent", "cryptographer", "queue-agent"]
    directive = told["directive"]
    assert directive["specific_instructions"]["cryptographer"].startswith("step 2: Sign tokens")
    each = directive["engineers"]
    assert each["orders-agent"]["because"] == "is called like the module orders"
    assert "speaks of" in each["cryptographer"]["because"]
    assert directive["coordination_points"][0] == (
        "queue-agent begins step 3 when orders-agent has done step 1."
    )
    assert len(directive["unassigned"]) == 1
    assert "Paint it blue" in directive["unassigned"][0]
    texts = [directive["context"], *(one["knows"] for one in each.values())]
    listed = [line for text in texts for line in text.split("\n") if line.startswith("- [")]
    assert len(listed) == len(set(listed))
    assert sum("RabbitMQ**" in line for line in listed) == 1
    assert all(one["tokens"] <= one["budget"] == 900 for one in each.values())

    page = answer("plan", "assign")
    assert "## queue-agent" in page
    assert "- Step 3 (phase 1, after step 1): Queue webhooks in RabbitMQ" in page
    (shown,) = objects("plan", "show")
    assert [one["agent"] for one in shown["plan"]["phases"][0]["steps"]] == [
        "orders-agent",
        "cryptographer",
        "queue-agent",
        "",
    ]


def test_what_speaks_against_a_plan_ends_with_3(planned, run):
    checked = run("plan", "check")

    assert checked.exit_code == 3
    assert "conflict no way back: step 2, 3: steps have no way back" in checked.stdout
    assert "unknown agent: step 1: no agent is known as orders-agent" in checked.stdout


def test_an_agent_has_written_nothing_by_what_is_written_of_it(shop, answer, objects, monkeypatch):
    definition = "---\nname: federation\n---\nSpeaks to inboxes, see orders/models.py.\n"
    write(shop, FILES | {".claude/agents/federation.md": definition})
    monkeypatch.chdir(shop)
    answer("index")

    (found,) = objects("triage", "Rename a variable in orders")

    assert found["owner"] is None or "wrote" not in found["owner"]["reason"]
