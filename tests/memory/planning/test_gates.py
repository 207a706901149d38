"""A gate says met or open only where something shows it, and what it measured."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from memory.code.checks.check import Check
from memory.code.checks.check_sentences import read_check
from memory.code.checks.judging import judge_all
from memory.code.checks.web import Webs
from memory.code.coverage import CoverageReport, FileCoverage
from memory.code.known import KnownCode
from memory.code.ran_tests import CaseResult, ReportedTests
from memory.models.findings import Finding, RuleRow, Spot
from memory.models.series import Comparison, Movement, Point, Series
from memory.planning.gate_values import GateStart
from memory.planning.gates import measure


def a_finding(severity: str, rule: str, module: str) -> Finding:
    spot = Spot(file=f"{module}/a.py", line=3)
    return Finding(
        id=f"x-{module}", rule=rule, severity=severity, message="it is so", spots=(spot,),
        modules=(module,),
    )  # fmt: skip


def a_row(rule: str, looked_at: int = 3, **more) -> RuleRow:
    return RuleRow(rule=rule, about="", looked_at=looked_at, found=0, **more)


def a_series(value: float, environment: str = "") -> Series:
    compared = Comparison(movement=Movement.FIRST, now=value, words="")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    point = Point(uid="bas-a", at=at, value=value, citation="b.json:3", compared=compared)
    return Series(metric="checkout_p95", environment=environment, unit="ms", points=(point,))


@pytest.fixture
def facts(code):
    """orders and billing need each other, users need nobody; 6 of 10 lines of users are run."""
    base = code(
        [
            ("orders/views.py:show", "billing/ledger.py:Ledger", "call"),
            ("orders/views.py", "billing/ledger.py"),
            ("orders/jobs.py", "billing/ledger.py"),
            ("billing/api.py", "orders/views.py"),
            ("tests/test_orders.py:test_it", "orders/views.py:show", "call"),
            ("tests/test_orders.py", "orders/views.py"),
        ],
        symbols=("users/models.py:User",),
    )
    ran = FileCoverage(frozenset(range(1, 7)), frozenset(range(7, 11)), {})
    report = CoverageReport("coverage.xml", "2026-01-02", {"users/models.py": ran}, 0, frozenset())
    found = (
        a_finding("major", "architecture.cycle", "orders"),
        a_finding("minor", "security.open-route", "users"),
    )
    return SimpleNamespace(
        known=KnownCode(base, None, report),
        webs=Webs(base),
        judged=[],
        findings=found,
        rules=[
            a_row("architecture.cycle"),
            a_row("security.open-route"),
            a_row("security.reported"),
            a_row("performance.cacheable", 0),
            a_row("duplication.clone", cannot_tell=1, reasons={"a.py was not read": 1}),
        ],
        series=(a_series(430.0),),
        new_since=lambda commit: found[:1],
        results=None,
    )


@pytest.mark.parametrize(
    ("gate", "answer", "value"),
    [
        ("orders must not import billing", "open", 2),
        ("users must not import billing", "met", 0),
        ("fan-out of orders at most 1", "met", 1),
        ("fan-out at most 0", "open", 1),
        ("fan-out at least 1", "open", 0),
        ("module_cycles at most 0", "open", 1),
        ("module cycles at most 1", "met", 1),
        ("no findings", "open", 2),
        ("No major findings.", "open", 1),
        ("no critical findings", "met", 0),
        ("at most 2 findings", "met", 2),
        ("no findings in security", "open", 1),
        ("no minor findings in orders", "open", 1),
        ("no new major findings", "open", 1),
        ("no new findings in architecture.cycle", "open", 1),
        ("no new findings of users", "met", 0),
        ("coverage of users at least 60 %", "met", 60),
        ("coverage of users/models.py >= 80%", "open", 60),
        ("test coverage of `users` must be at least 80", "open", 60),
        ("coverage at least 80 %", "open", 60),
        ("baseline checkout_p95 at most 450 ms", "met", 430),
        ("baseline checkout_p95 <= 0.4 s", "open", 0.43),
        ("nothing uses billing/ledger.py", "open", 2),
        ("nothing uses billing/api.py", "met", 0),
        ("a test reaches orders/views.py", "met", None),
        ("a test reaches users/models.py", "open", None),
        ("tests/test_orders.py exists", "met", None),
        ("test tests/test_orders.py::test_it exists", "met", None),
        ("test tests/test_orders.py::test_that exists", "open", None),
        ("tests/test_billing.py exists", "open", None),
        ("orders/views.py exists", "met", None),
        ("orders/limits.py exists", "open", None),
        ("orders/views.py passes", "open", None),
        ("tests/test_billing.py passes", "open", None),
    ],
)
def test_a_gate_is_evaluated(facts, gate, answer, value):
    found = measure(gate, facts, GateStart("abc"))

    assert (found.answer, found.value) == (answer, value), found.said


@pytest.mark.parametrize(
    ("gate", "why"),
    [
        ("QA has signed off", "no machine"),
        ("baseline login_p95 at most 300 ms", "nobody has measured login_p95"),
        ("baseline checkout_p95 at most 3 jobs/s", "not in jobs/s"),
        ("coverage of orders at least 80 %", "coverage.xml has no file of orders"),
        ("coverage of shipping at least 80 %", 'nothing in the code is called "shipping"'),
        ("no findings in shipping", "no area of an audit, rule or module"),
        ("no findings in architecture.cycles", "no area of an audit, rule or module"),
        ("no findings in performance", "performance.cacheable has nothing to look at"),
        ("no new findings in performance.cacheable", "has nothing to look at"),
        ("no new findings in security.reported", "nobody knows since when"),
        ("no findings in duplication", "not told for 1 place: a.py was not read"),
        ("no findings in billing/gone.py", "no area of an audit, rule or module"),
        ("nothing uses billing/gone.py any more", "no file, symbol, module"),
        ("nobody uses Legder", "no file, symbol, module"),
        ("routes_open at most 0", "no route is known"),
        ("shipping must not import orders", 'nothing in the code is called "shipping"'),
        ("a test reaches shipping/api.py", "no file, symbol, module"),
        ("tests/test_orders.py passes", "the project has no report of test results"),
        ("every check holds", "no decision has a check"),
        ("docs/split.md exists", "only files of code are looked at"),
    ],
)
def test_what_nothing_shows_cannot_be_told(facts, gate, why):
    found = measure(gate, facts, GateStart("abc"))

    assert found.answer == "cannot tell"
    assert why in found.said


@pytest.mark.parametrize("gate", ["no findings", "no findings in orders", "findings at most 0"])
def test_that_there_are_no_findings_needs_rules_that_looked(facts, gate):
    facts.findings = ()
    assert measure(gate, facts, GateStart()).answer == "met"

    facts.rules = [one.model_copy(update={"looked_at": 0}) for one in facts.rules]
    assert measure(gate, facts, GateStart()).answer == "cannot tell"


def test_what_was_there_when_the_plan_began_and_is_gone_is_used_by_nothing(facts):
    found = measure("nothing uses billing/gone.py", facts, GateStart("abc", value=2.0))

    assert (found.answer, found.said) == ("met", "there is no billing/gone.py any more")


def test_that_nothing_uses_a_method_needs_all_calls_of_methods_to_be_followed(facts, code):
    base = code(
        [("orders/views.py:show", "billing/ledger.py:Ledger", "call")],
        symbols=("billing/ledger.py:Ledger.post", "billing/ledger.py:close"),
    )
    facts.known = facts.known._replace(base=base)
    assert measure("nothing uses Ledger.post", facts, GateStart()).answer == "met"

    files = base.files | {"orders/views.py": base.files["orders/views.py"]._replace(opaque=2)}
    facts.known = facts.known._replace(base=dataclasses.replace(base, files=files))

    found = measure("nothing uses Ledger.post", facts, GateStart())
    assert found.answer == "cannot tell"
    assert found.said == "2 calls of methods of values were not followed"
    assert measure("nothing uses billing/ledger.py:close", facts, GateStart()).answer == "met"


def test_what_stands_beside_a_definition_uses_it_too(facts, code):
    base = code(
        [
            ("billing/ledger.py:open", "billing/ledger.py:close", "call"),
            ("billing/ledger.py:Ledger.post", "billing/ledger.py:Ledger.add", "call"),
            ("orders/views.py:show", "billing/ledger.py:Ledger", "call"),
        ]
    )
    facts.known = facts.known._replace(base=base)

    def used(name):
        return measure(f"nothing uses {name}", facts, GateStart()).value

    assert [used(one) for one in ("close", "open", "Ledger", "Ledger.add", "Ledger.post")] == [
        1, 0, 1, 1, 0,
    ]  # fmt: skip


def test_a_test_that_reaches_a_class_need_not_run_each_of_its_methods(facts, code):
    base = code(
        [
            ("tests/test_ledger.py:test_it", "billing/ledger.py:Ledger", "call"),
            ("tests/test_ledger.py:test_it", "billing/ledger.py:Ledger.add", "call"),
            ("tests/test_ledger.py:test_it", "billing/ledger.py:Ledger.copy", "use"),
        ],
        symbols=("billing/ledger.py:Ledger.post",),
    )
    facts.known = facts.known._replace(base=base, coverage=None)

    def told(name):
        found = measure(f"a test reaches {name}", facts, GateStart())
        return found.answer, found.said

    assert told("Ledger") == ("met", "tests/test_ledger.py reaches it")
    assert told("Ledger.add") == ("met", "tests/test_ledger.py calls it")
    assert told("Ledger.post") == (
        "cannot tell",
        "tests/test_ledger.py reaches Ledger, and whether that runs post is not known",
    )
    assert told("Ledger.copy")[0] == "cannot tell"  # which a test names and does not call


def test_of_a_name_of_several_definitions_it_is_said_that_any_counts(facts, code):
    base = code(
        [("orders/views.py:show", "billing/ledger.py:LIMIT", "use")],
        symbols=("users/models.py:LIMIT",),
    )
    facts.known = facts.known._replace(base=base)

    found = measure("nothing uses LIMIT", facts, GateStart())

    assert (found.answer, found.value) == ("open", 1)
    assert found.said == "2 definitions are called so; a use of any of them counts"
    assert measure("nothing uses billing/ledger.py:LIMIT", facts, GateStart()).said == ""


@pytest.mark.parametrize("gate", ["module_cycles at most 1", "nothing uses billing/api.py"])
def test_a_file_that_was_not_read_may_have_more(facts, gate):
    unread = dataclasses.replace(facts.known.base, unread={"billing/odd.py": "it is not UTF-8"})
    facts.known = facts.known._replace(base=unread)

    assert measure(gate, facts, GateStart()).answer == "cannot tell"


@pytest.mark.parametrize(
    ("checks", "answer", "said"),
    [
        (["users must not import billing"], "met", ""),
        (["users must not import billing", "shipping must not import users"], "cannot tell",
         "shipping must not import users: "),
        (["shipping must not import users", "orders must not import billing"], "open",
         "orders must not import billing"),
    ],
)  # fmt: skip
def test_every_check_holds_only_where_each_of_them_is_told(facts, checks, answer, said):
    written = [Check(one, read_check(one), "0001 Parts", "a.md", 3) for one in checks]
    facts.judged = judge_all(facts.known.base, written)

    found = measure("every check holds", facts, GateStart())

    assert found.answer == answer
    assert found.said.startswith(said)
    assert bool(found.said) == bool(said)


def test_new_findings_need_a_commit_to_be_new_since(facts):
    assert measure("no new findings", facts, GateStart()).answer == "cannot tell"


def test_a_report_that_is_older_than_the_code_proves_nothing_good(facts):
    report = facts.known.coverage._replace(older=frozenset({"users/models.py"}))
    facts.known = facts.known._replace(coverage=report)

    met = measure("coverage of users at least 60 %", facts, GateStart())
    assert (met.answer, met.said) == (
        "cannot tell",
        "1 file of it written since coverage.xml of 2026-01-02",
    )
    assert measure("coverage of users at least 80 %", facts, GateStart()).answer == "open"


def test_a_report_that_leaves_files_out_proves_nothing_good_of_them(code, facts):
    base = code([], symbols=("users/models.py:User", "users/forms.py:Form"))
    facts.known, facts.webs = facts.known._replace(base=base), Webs(base)

    assert measure("coverage of users at least 60 %", facts, GateStart()).said == (
        "1 file of it not in coverage.xml of 2026-01-02"
    )


@pytest.mark.parametrize(
    ("outcomes", "older", "answer", "said"),
    [
        (("passed", "passed"), "", "met", "2 tests passed, by junit.xml of 2026-01-02"),
        (("passed", "failed"), "", "open", "1 of 2 tests failed, test_1 first"),
        (("passed", "skipped"), "orders/views.py", "cannot tell", "orders/views.py was written"),
        (("skipped",), "", "cannot tell", "no report says that a test of it ran"),
    ],
)
def test_a_test_passes_where_a_report_says_so_and_nothing_changed_since(
    facts, outcomes, older, answer, said
):
    cases = [
        CaseResult("", "tests.test_orders", f"test_{at}", one) for at, one in enumerate(outcomes)
    ]
    facts.results = ReportedTests(("junit.xml",), "2026-01-02", cases, frozenset({older}))

    found = measure("tests/test_orders.py passes", facts, GateStart())
    assert found.answer == answer
    assert found.said.startswith(said.replace(" it ", " tests/test_orders.py "))


def test_one_metric_in_two_places_has_to_be_told_apart(facts):
    facts.series = (a_series(430.0, "staging"), a_series(200.0, "production"))

    assert (
        "say `in ENVIRONMENT`"
        in measure("baseline checkout_p95 at most 300", facts, GateStart()).said
    )
    found = measure("baseline checkout_p95 at most 300 ms in production", facts, GateStart())
    assert (found.answer, found.value) == ("met", 200.0)
