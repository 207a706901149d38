"""Whether a task is systemic: by what it names, what it asks for, and what it changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import click
import pytest

from cli.printing import coordination
from cli.verbs import health as health_page
from memory.code.codebase import Table
from memory.code.past_changes import PastChange, PastChanges
from memory.code.targets import of_files
from memory.coordination.triage import triage
from memory.models.coordination import TaskOwner


@pytest.fixture
def shop(code):
    return code(
        [
            ("orders/views.py:show", "users/models.py:User", "use"),
            ("billing/jobs.py:run", "users/models.py:User", "use"),
            ("auth/login.py:enter", "users/models.py:User", "call"),
            ("auth/login.py:enter", "auth/tokens.py:Token", "call"),
        ],
        tables=(Table("payments", (), (), (), (), (), "", "billing/models.py", 3),),
    )


def ask(shop, task: str = "", paths: tuple[str, ...] = (), past: PastChanges | None = None):
    changed = of_files(shop, "x", "diff", paths) if paths else None
    return triage(
        shop, task, changed, paths, past, lambda module: TaskOwner(agent=module, reason="")
    )


@pytest.mark.parametrize(
    ("task", "verdict", "reason"),
    [
        (
            "Rename User to Account",
            "systemic",
            "a change to User reaches 4 modules: auth, billing, orders",
        ),
        ("Replace the model User", "systemic", "a change to User reaches 4 modules"),
        ("Rename User.email", "local", "it names users"),
        ("Move the totals to User", "local", "it names users"),
        ("Move orders, billing and auth to one queue", "systemic", "it names 3 modules"),
        ("Introduce CQRS in orders", "systemic", "it says 'CQRS'"),
        ("What breaks if we change the cart?", "systemic", "it says 'What breaks'"),
        ("Show User in orders", "cannot tell", "it names orders, users"),
        ("Part auth from users", "systemic", "it says 'Part' of auth, users"),
        ("Merge orders into billing", "systemic", "it says 'Merge' of billing, orders"),
        ("Split the view of orders", "local", "it names orders"),
        ("Rename Token to Ticket", "local", "it names auth"),
        ("Fix the total in billing", "local", "it names billing"),
        (
            "Add a currency column to the payments table",
            "systemic",
            "it changes the table payments",
        ),
        ("Rename the payments table and its columns", "systemic", "it changes the table payments"),
        ("Show the payments table in billing", "local", "it names billing"),
        ("Fix the total", "cannot tell", "it names nothing of the code"),
    ],
)
def test_a_task_is_judged_by_what_it_names_and_asks_for(shop, task, verdict, reason):
    said = ask(shop, task)
    assert said.verdict == verdict
    assert reason in said.reason


def test_a_local_task_goes_to_whoever_knows_its_module_and_a_systemic_one_to_nobody(shop):
    assert ask(shop, "Fix the total in billing").owner.agent == "billing"
    assert ask(shop, "Rename User to Account").owner is None


@pytest.mark.parametrize(
    ("paths", "verdict", "reason"),
    [
        (("orders/views.py", "billing/jobs.py", "auth/login.py"), "systemic", "3 modules"),
        (("orders/views.py", "billing/jobs.py"), "local", "billing, orders"),
        (("orders/migrations/0002_total.py",), "systemic", "files of the schema"),
        (("docs/openapi.yaml",), "systemic", "the description of an interface"),
        (("src/main/resources/db/migration/V2__total.sql",), "systemic", "files of the schema"),
        (("tests/test_openapi.py", "tests/migrations/0001_x.py"), "local", "no module"),
        (("orders/openapi_docs.py",), "local", "no module"),
        (("README.md",), "local", "no module"),
    ],
)
def test_a_change_is_judged_by_what_it_touched(shop, paths, verdict, reason):
    said = ask(shop, paths=paths)
    assert said.verdict == verdict
    assert reason in said.reason


def test_a_change_of_what_is_not_read_is_of_the_module_around_it_or_cannot_be_told(shop):
    wide = replace(shop, unread={"*.rb": "3 files of Ruby", "orders/odd.py": "it is not UTF-8"})

    def told(*paths):
        found = ask(wide, paths=paths)
        return found.verdict, found.reason

    assert told("orders/odd.py", "orders/sums.rb") == ("local", "it changes orders")
    assert told("web/page.rb", "users/models.py") == (
        "cannot tell",
        "1 file that it changes cannot be read: web/page.rb",
    )
    assert told("web/test/page_test.rb", "users/models.py")[0] == "local"
    assert told("users/a.rb", "orders/b.rb", "auth/c.rb", "web/d.rb")[0] == "systemic"


def test_changes_that_were_alike_say_how_likely_a_task_is_systemic(shop):
    def change(number: int, *paths: str, of: str = "Refund vouchers in part") -> PastChange:
        moment = datetime(2026, 1, number, tzinfo=UTC)
        return PastChange(f"{number:040}", f"{of} {number}", moment, moment, 1, paths)

    wide = ("orders/views.py", "billing/jobs.py", "auth/login.py")
    others = [change(day, "auth/login.py", of="Paint doors") for day in range(11, 28)]

    def asked(systemic: int, task: str = "Refund vouchers twice"):
        like = [change(day, *(wide if day <= systemic else wide[:1])) for day in range(1, 7)]
        return ask(shop, task, past=PastChanges([*like, *others]))

    chances = [asked(count).chance for count in (0, 3, 6)]
    assert chances == sorted(chances)
    assert [asked(count).verdict for count in (0, 3, 6)] == ["local", "cannot tell", "cannot tell"]
    said = asked(6)
    assert "of 6 changes like it 6 were systemic" in said.reason
    assert {one.modules for one in said.similar} == {3}
    assert "no change was like it" in asked(6, "Brew tea").reason
    assert "local is told below 5%" in said.reason
    assert {one.path for one in said.may_change} == {*wide}
    assert "touched by 6 of the changes" in said.may_change[0].reason
    assert not ask(shop, "Refund", ("orders/views.py",), PastChanges(others)).may_change
    assert ask(shop, "Brew tea", past=PastChanges(others[:5])).chance is None


def test_small_work_is_less_likely_systemic_and_work_on_the_schema_more(shop):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    past = PastChanges(
        PastChange(f"{at:040}", "Paint doors", moment, moment, 1, ("auth/login.py",))
        for at in range(30)
    )

    def chance(task: str) -> float:
        return ask(shop, task, past=past).chance

    assert ask(shop, "Fix how a voucher is shown", past=past).verdict == "local"
    assert chance("Fix vouchers") < chance("Print vouchers") < chance("Migrate vouchers")
    assert chance("Bump vouchers to 4.2") < chance("Change vouchers to 4.2")


def test_every_verdict_has_a_colour_that_terminals_know():
    for colours in (coordination._COLOURS, health_page._COLOURS):
        assert all(click.style("so", fg=one) for one in colours.values())
