"""A plan is told what speaks against it, only where code or plan leave no doubt."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from memory.code.checks.check import Check
from memory.code.checks.check_sentences import read_check
from memory.code.checks.judging import judge_all
from memory.code.checks.web import Webs
from memory.code.known import KnownCode
from memory.kinds.vocabulary import Status
from memory.models.details import PhasedPlan
from memory.models.findings import RuleRow
from memory.planning.checking import PlanContext, doubts_of
from memory.planning.kept_plans import step_statuses
from memory.planning.moves import moved, taken_away
from memory.planning.plan_reader import read_phases

AGENTS = ("orders-agent", "billing-agent")


@pytest.fixture
def shop(code):
    """orders depends on billing, billing on users; web and orders' helper are used by orders."""
    return code(
        [
            ("orders/views.py:show", "billing/ledger.py:Ledger", "call"),
            ("orders/views.py", "billing/ledger.py"),
            ("orders/views.py", "orders/helper.py"),
            ("billing/ledger.py", "users/models.py"),
            ("jobs/nightly.py", "mails/send.py"),
            ("mails/send.py", "jobs/nightly.py"),
        ]
    )


@pytest.fixture
def doubts(shop):
    def doubts_in(*phases, checks=(), begun=()):
        plan = PhasedPlan(phases=read_phases({"title": "x", "phases": list(phases)}).phases)
        demanded = [
            Check(said=said, demand=read_check(said), owner="0001 Apart", file="d.md", line=3)
            for said in checks
        ]
        facts = SimpleNamespace(
            known=KnownCode(shop, None, None),
            webs=Webs(shop),
            judged=judge_all(shop, demanded),
            findings=(),
            rules=[RuleRow(rule="architecture.cycle", about="", looked_at=1, found=0)],
        )
        statuses = step_statuses(plan, {}) | dict.fromkeys(begun, Status.OPEN)
        known = PlanContext(facts, ["orders", "billing", "users"], AGENTS, statuses)
        return [one for one in doubts_of(plan, known) if one.rule != "gate"]

    return doubts_in


def a_phase(*steps, **fields):
    return {"name": "one", "way_back": "revert", "gates": ["no findings"], "steps": steps} | fields


@pytest.mark.parametrize(
    ("text", "modules", "files"),
    [
        ("Move billing out", {"billing"}, set()),
        ("then extract the `billing` service from orders", {"billing"}, set()),
        ("Split billing and users off", {"billing", "users"}, set()),
        ("move billing: 3 imports of others of these modules", {"billing"}, set()),
        ("Move orders/helper.py into billing", set(), {"orders/helper.py"}),
        ("Port Ledger to users", set(), {"billing/ledger.py"}),
        ("Move password hashing of users into billing", set(), set()),
        ("Move away from billing", set(), set()),
        ("Test billing", set(), set()),
        ("Change billing", set(), set()),
    ],
)
def test_what_is_moved_is_what_is_named_whole(shop, text, modules, files):
    done = moved(text, shop)

    assert (done.modules, {one.path for one in done.places}) == (modules, files)


@pytest.mark.parametrize(
    ("text", "modules"),
    [("Remove billing", {"billing"}), ("Delete the imports of billing", set()), ("Drop it", set())],
)
def test_what_is_taken_away_likewise(shop, text, modules):
    assert taken_away(text, shop).modules == modules


def test_a_module_does_not_move_before_one_on_which_it_depends(doubts):
    (found,) = doubts(a_phase("Move orders out", "Move users out", "Move billing out"))

    assert (found.rule, found.conflicts, found.steps) == ("order", True, (1, 3))
    assert "orders depends on billing (1 import)" in found.why
    assert found.citations == ("orders/views.py:2",)
    assert not doubts(a_phase("Move users out", "Move billing out", "Move orders out"))
    after = {"text": "Move orders out", "after": [2]}
    assert not doubts(a_phase(after, "Move billing out"))


def test_modules_that_need_each_other_have_no_order_before_that_is_cut(doubts):
    (found,) = doubts(a_phase("Move jobs out", "Move mails out"))
    assert (found.conflicts, "no order is right" in found.why) == (False, True)
    assert not doubts(a_phase("Take mails out of jobs", "Move jobs out", "Move mails out"))


def test_what_others_need_is_not_taken_away_before_they_change(doubts):
    (found,) = doubts(a_phase("Remove billing", "Let orders do without"))
    assert (found.rule, found.conflicts, found.steps) == ("order", True, (1, 2))
    assert found.citations == ("orders/views.py",)
    assert not doubts(a_phase("Let orders do without", "Remove billing"))
    (left,) = doubts(a_phase("Remove billing/ledger.py"))
    assert (left.conflicts, "no step changes them" in left.why) == (False, True)


def test_a_step_that_moves_code_to_where_a_check_forbids_it_conflicts(doubts):
    moves = a_phase("Move orders/helper.py into users")
    (found,) = doubts(moves, checks=["orders must not import users"])

    assert (found.rule, found.conflicts, found.steps) == ("check", True, (1,))
    assert "orders.views imports users.helper (orders/views.py:3)" in found.why
    assert not doubts(moves, checks=["users must not import orders"])
    inside = a_phase("Move billing/ledger.py into orders")
    assert not doubts(inside, checks=["orders must not import billing"])
    # What was broken before is not what the step breaks.
    assert not doubts(inside, checks=["billing must not import users"])


def test_two_steps_in_flight_on_one_file_or_module_conflict(doubts):
    one = {"text": "Speed up orders/views.py", "agent": "orders-agent"}
    other = {"text": "Log in orders/views.py", "agent": "billing-agent"}
    apart = {"text": "Log in billing/ledger.py", "agent": "billing-agent"}

    (found,) = doubts(a_phase(one, other))
    assert (found.rule, found.conflicts, found.steps) == ("in flight", True, (1, 2))
    assert "orders/views.py" in found.why
    assert not doubts(a_phase(one, apart))
    assert not doubts(a_phase(one, other | {"agent": "orders-agent"}))
    assert not doubts(a_phase(one, other | {"after": [1]}))
    assert not doubts(a_phase(one), a_phase(other))
    (flying,) = doubts(a_phase(one), a_phase(other), begun=(1, 2))
    assert "are both in flight on orders/views.py" in flying.why


def test_a_step_has_a_way_back_or_its_phase_has(doubts):
    steps = ["Log", {"text": "Trace", "way_back": "switch it off"}]

    (found,) = doubts(a_phase(*steps, way_back=""))
    assert (found.rule, found.conflicts, found.steps, found.phase) == ("no way back", True, (1,), 1)
    assert found.why == "step has no way back, nor has phase 1, one"
    assert not doubts(a_phase(*steps))


def test_what_nobody_knows_is_named_with_what_comes_near(doubts):
    step = {"text": "Log", "modules": ["order"], "agent": "billing-agnt", "files": ["a/b.py"]}

    found = doubts(a_phase(step))
    assert [(one.rule, one.conflicts) for one in found] == [
        ("unknown module", False),
        ("unknown file", False),
        ("unknown agent", False),
    ]
    assert "near: orders" in found[0].why
    assert "near: billing-agent" in found[2].why


def test_a_file_that_a_step_makes_is_not_missing_there_nor_later(doubts):
    made = {"text": "Write the client of billing", "files": ["billing/client.py"]}
    used = {"text": "Let orders use the client", "files": ["billing/client.py"]}

    assert not [one for one in doubts(a_phase(made, used)) if one.rule == "unknown file"]
    (found,) = [one for one in doubts(a_phase(used, made)) if one.rule == "unknown file"]
    assert found.steps == (1,)


def test_steps_do_not_come_after_one_another_or_after_a_later_phase(doubts):
    circle = a_phase({"text": "a", "after": [2]}, {"text": "b", "after": [1]})
    assert [one.rule for one in doubts(circle)] == ["order"]
    late = (a_phase({"text": "a", "after": [2]}), a_phase("b"))
    assert "is of phase 2" in doubts(*late)[0].why
