"""Steps that say to add an import which a decision's check forbids."""

import pytest

from memory.code.checks.check import Check
from memory.code.checks.check_sentences import read_check
from memory.plans.import_checks import edge_findings
from tests.memory.code.conftest import a_code_base

CODE = a_code_base(
    [
        ("orders/views.py", "orders/models.py"),
        ("orders/models.py", "users/models.py"),
        ("billing/pay.py", "users/models.py"),
        ("billing/pay.py", "billing/old.py"),
        ("billing/pay.py", "billing/apart.py"),
    ]
)
CHECKS = [
    Check(said, read_check(said), "0001 One", "docs/adr/0001.md", 7, uid=f"dec-{number}")
    for number, said in enumerate(
        (
            "users must not import orders",
            "no cycle among orders, billing",
            "billing must not import orders except billing/old.py",
        )
    )
]


def broken(text):
    return [one.sentence for one in edge_findings(CODE, CHECKS, text)]


@pytest.mark.parametrize(
    "text",
    [
        "Import orders.models in users/models.py to count them.",
        "Add an import of `orders` to users.",
        "Let users call orders when they leave.",
        "users/models.py uses orders.models",
        "Call orders.models directly from users",
        "Make users depend on orders",
    ],
)
def test_a_step_that_adds_the_import_is_told(text):
    (found,) = edge_findings(CODE, CHECKS, text)

    assert found.conflicts
    assert found.cited.uid == "dec-0"
    assert found.reason.startswith("its check would not hold: users.models imports orders.")


@pytest.mark.parametrize(
    "text",
    [
        "Import users.models in orders/views.py",
        "Do not import orders.models in users/models.py",
        "Remove the import of orders in users",
        "Users see their orders on one page",
        "Import orders.models in payments",
        "Import orders.models in users, if Dana agrees",
    ],
)
def test_what_breaks_nothing_or_is_not_sure_to_is_not(text):
    assert broken(text) == []


def test_a_part_of_which_some_files_may_is_not_told_and_one_that_may_not_is():
    assert broken("Import orders.models in billing") == []
    assert broken("Import orders.models in billing/pay.py") == [
        "billing must not import orders except billing/old.py"
    ]


def test_one_more_import_breaks_a_check_that_does_not_hold_already():
    code = a_code_base([("users/models.py", "orders/models.py"), ("users/a.py", "users/models.py")])

    told = edge_findings(code, CHECKS[:1], "Make users import orders in a second file")

    assert [one.conflicts for one in told] == [True]
