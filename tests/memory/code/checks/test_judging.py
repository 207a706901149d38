"""What comes of checks on code."""

from dataclasses import replace

import pytest

from memory.code.checks.check import Check, NotEvaluated
from memory.code.checks.check_sentences import LONGEST, read_check
from memory.code.checks.judging import judge_all, row, why_not
from memory.code.codebase import COMPUTED, Answered, Outside, Route, Table, Unresolved
from memory.models.findings import Tristate
from tests.memory.code.conftest import a_code_base

EDGES = [
    ("orders/views.py", "orders/models.py"),
    ("orders/models.py", "users/models.py"),
    ("billing/pay.py", "orders/views.py"),
    ("users/tasks.py", "billing/pay.py", "typing"),
    ("users/tests/test_it.py", "billing/pay.py"),
]


def told(said, code):
    check = Check(said, read_check(said), "0001 One", "docs/adr/0001.md", 7)
    return row(judge_all(code, [check])[0])


@pytest.mark.parametrize(
    ("said", "answer", "broken_by"),
    [
        ("users must not import billing", Tristate.HOLDS, ()),
        ("orders must not import users", Tristate.BROKEN,
         ("orders.models imports users.models (orders/models.py:2)",)),
        ("orders must not import users except orders/models.py", Tristate.HOLDS, ()),
        ("billing must not import users", Tristate.HOLDS, ()),
        ("billing must not import users, even indirectly", Tristate.BROKEN,
         ("billing.pay imports users.models, by way of orders.views, by way of orders.models "
          "(billing/pay.py:3)",)),
        ("orders.models must not import orders", Tristate.HOLDS, ()),
        ("orders must not import orders.models", Tristate.BROKEN,
         ("orders.views imports orders.models (orders/views.py:1)",)),
        ("layers: billing > orders > users", Tristate.HOLDS, ()),
        ("layers: views > models", Tristate.HOLDS, ()),
        ("layers: users > orders > billing", Tristate.BROKEN,
         ("orders.models imports users.models (orders/models.py:2)",
          "billing.pay imports orders.views (billing/pay.py:3)")),
        ("layers: billing > orders > users, closed, even indirectly", Tristate.BROKEN,
         ("billing.pay imports users.models, by way of orders.views, by way of orders.models "
          "(billing/pay.py:3)",)),
        ("independent: users, billing", Tristate.HOLDS, ()),
        ("independent: users, billing, even indirectly", Tristate.BROKEN,
         ("billing.pay imports users.models, by way of orders.views, by way of orders.models "
          "(billing/pay.py:3)",)),
        ("only orders may import users", Tristate.HOLDS, ()),
        ("only billing may import users", Tristate.BROKEN,
         ("orders.models imports users.models (orders/models.py:2)",)),
        ("no cycle among orders, users, billing", Tristate.HOLDS, ()),
        ("fan-out of orders at most 0", Tristate.BROKEN,
         ("fan-out of orders is 1, not at most 0",)),
        ("cycles at most 0", Tristate.HOLDS, ()),
    ],
)  # fmt: skip
def test_a_check_is_held_against_imports_that_run(said, answer, broken_by):
    found = told(said, a_code_base(EDGES))

    assert (found.answer, found.broken_by) == (answer, broken_by)


def test_a_cycle_among_parts_is_told_by_its_shortest_ring():
    code = a_code_base([("a/x.py", "b/x.py"), ("b/y.py", "c/x.py"), ("c/y.py", "b/x.py"),
                        ("c/z.py", "a/x.py")])  # fmt: skip

    found = told("no cycle among a, b, c", code)

    assert found.broken_by == ("a, b, c need each other (b/y.py:2)",)
    assert [spot.said for spot in found.spots] == ["b.y -> c.x", "c.y -> b.x"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("payments must not import users", 'nothing in the code is called "payments"'),
        ("users must not import payments", 'nothing in the code is called "payments"'),
        ("table invoices is owned by users", 'no table "invoices" is known'),
        ("every route has authentication", "no route is known"),
        ("fan-out of payments at most 3", 'there is no module "payments"'),
    ],
)
def test_what_names_something_unknown_cannot_be_told(said, reason):
    code = a_code_base(EDGES)

    assert told(said, code).answer is Tristate.UNKNOWN
    assert told(said, code).reason == why_not(said, code) == reason


def test_a_check_of_endless_length_is_told_in_short():
    endless = Check("users, " * 900, NotEvaluated(""), "0001 One", "docs/adr/0001.md", 7)

    assert len(row(judge_all(a_code_base(EDGES), [endless])[0]).said) <= LONGEST
    assert why_not("users, " * 900 + "must not import orders", a_code_base(EDGES)) == (
        f"it is longer than {LONGEST} characters"
    )


@pytest.mark.parametrize(
    "said",
    [
        "email must not import calendar",
        "layers: billing > email > users",
        "independent: users, email",
        "no cycle among users, email",
        "only email may import billing",
        "orders must not import orders",
        "package stripe must not import users",
    ],
)
def test_what_could_not_but_hold_cannot_be_told(said):
    code = replace(a_code_base(EDGES), outside=(Outside("users/models.py", 3, "stripe"),))

    assert told(said, code).answer is Tristate.UNKNOWN


@pytest.mark.parametrize(
    "said",
    [
        "users must not import billing",
        "users must not import billing/",
        "independent: users, billing",
        "layers: billing > orders > users",
        "no cycle among users, billing",
        "only orders may import billing",
        "users must not import orders, even indirectly",
    ],
)
@pytest.mark.parametrize("name", ["shop.billing.made", "../billing/made", "Shop\\Billing\\Made"])
def test_an_import_that_may_be_of_a_part_leaves_it_open(said, name):
    made = Unresolved("users/models.py", 1, "import", name, "the project has no such module")
    code = replace(a_code_base(EDGES), unresolved=(made,))

    assert told(said, code).answer is Tristate.UNKNOWN
    assert told("users must not import orders", code).answer is Tristate.HOLDS


def test_an_import_that_is_computed_leaves_open_what_its_file_must_not_import():
    made = Unresolved("users/models.py", 1, "import", "name", COMPUTED)
    code = replace(a_code_base(EDGES), unresolved=(made,))

    assert told("users must not import billing", code).answer is Tristate.UNKNOWN
    assert told("billing must not import users", code).answer is Tristate.HOLDS


@pytest.mark.parametrize(
    "said",
    [
        "users must not import billing",
        "only orders may import users",
        "layers: billing > orders > users",
        "no cycle among users, orders",
        "cycles at most 0",
        "every route has authentication",
        "table users is owned by orders",
    ],
)
@pytest.mark.parametrize("path", ["users/api.py", "users/deep/api.py"])
def test_what_was_not_read_leaves_it_open(said, path):
    table = Table("users", (), (), (), (), (), "User", "users/models.py", 3)
    code = a_code_base(EDGES, tables=(table,))
    whole = replace(code, routes=(route("/a", "yes"),))

    assert told(said, whole).answer is Tristate.HOLDS
    assert told(said, replace(whole, unread={path: "larger"})).answer is Tristate.UNKNOWN
    assert told(said, replace(whole, unread={"*.kt": "2 files of Kotlin"})).answer is Tristate.HOLDS


@pytest.mark.parametrize("said", ["users must not import billing", "only orders may import users"])
def test_files_of_a_language_that_is_mixed_with_theirs_leave_it_open(said):
    code = a_code_base(EDGES)
    files = {path: file._replace(language="java") for path, file in code.files.items()}
    mixed = replace(code, files=files, unread={"*.kt": "2 files of Kotlin"})

    assert told(said, mixed).answer is Tristate.UNKNOWN


def test_a_package_is_known_where_it_is_imported_and_wherever_one_says_that_it_is_one():
    code = replace(
        a_code_base(EDGES),
        outside=(
            Outside("orders/models.py", 9, "stripe.api"),
            Outside("users/models.py", 3, "stripe", type_checking=True),
        ),
    )

    assert told("only orders may import stripe", code).answer is Tristate.HOLDS
    assert told("orders must not import stripe", code).broken_by == (
        "orders.models imports stripe.api (orders/models.py:9)",
    )
    assert told("orders must not import package requests", code).answer is Tristate.HOLDS
    assert told("orders must not import sqlite3", code).answer is Tristate.HOLDS
    assert told("orders must not import requests", code).answer is Tristate.UNKNOWN


def route(path, answer, method="GET"):
    evidence = "seen" if answer == "yes" else ""
    return Route(method, path, "h", "orders/views.py", 3, auth=Answered(answer, evidence))


@pytest.mark.parametrize(
    ("routes", "answer"),
    [
        ([("/a", "yes"), ("/health", "no")], Tristate.HOLDS),
        ([("/a", "yes"), ("/b", "no"), ("/c", "unknown")], Tristate.BROKEN),
        ([("/a", "yes"), ("/b", "unknown")], Tristate.UNKNOWN),
    ],
)
def test_every_route_holds_only_where_each_one_is_known_to_have_it(routes, answer):
    code = replace(a_code_base(EDGES), routes=tuple(route(*one) for one in routes))

    assert told("every route has authentication, except /health", code).answer is answer


def test_routes_that_nobody_reads_leave_it_open_whether_every_route_has_it():
    unread = Unresolved("web.py", 1, "unread routes", "tornado", "routes of Tornado are not read")
    code = replace(a_code_base(EDGES), routes=(route("/a", "yes"),), unresolved=(unread,))

    assert told("every route has authentication", code).answer is Tristate.UNKNOWN


def test_a_file_beside_those_that_are_meant_that_was_not_read_leaves_it_open():
    code = replace(a_code_base(EDGES), unread={"users/big.py": "larger than 1,000,000 bytes"})

    assert told("users must not import billing", code).answer is Tristate.UNKNOWN
    assert told("orders must not import billing", code).answer is Tristate.HOLDS


def test_duplicated_lines_are_counted_where_tokens_are_read():
    from random import Random

    from memory.code.checks.web import Webs
    from tests.memory.code.test_clones import a_file, written

    code = a_code_base([("orders/views.py", "users/models.py")])
    same = written(Random(1), 90)
    tokens = {path: a_file(same) for path in code.files}
    webs = Webs(code, lambda: tokens)

    assert read_check("duplicated lines of users at most 0").judge(webs).violations
    assert not read_check("duplicated lines at most 100000").judge(webs).violations
    assert read_check("duplication at most 3 %").judge(webs).violations
    assert "not looked for" in why_not("duplicated lines at most 3", code)


@pytest.mark.parametrize("name", ["com.shop.users", r"Com\Shop\Users", "users/", "lib/users"])
def test_a_part_is_a_package_as_its_files_say_it_or_a_folder_wherever_it_is(name):
    code = a_code_base([("src/lib/orders/A.java", "src/lib/users/B.java")])
    said = {"A": "Com.Shop.Orders", "B": "Com.Shop.Users"}
    files = {
        path: one._replace(name=path, package=said[path[-6]], module="lib", language="java")
        for path, one in code.files.items()
    }
    packaged = name.replace("com.shop.users", "Com.Shop.Users")

    found = told(f"src/lib/orders must not import {packaged}", replace(code, files=files))

    assert found.answer is Tristate.BROKEN
