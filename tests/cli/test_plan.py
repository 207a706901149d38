"""Plans on the command line: kept in a file, measured, followed."""

from __future__ import annotations

import json

import pytest

from tests.indexer.code.conftest import write

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
    assert "█████░░░░░░░░░░░░░░░  25% phase 2 migration: planned" in after


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
