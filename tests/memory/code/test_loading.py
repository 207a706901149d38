"""All that the code says: by section, what most hangs on first."""

from __future__ import annotations

from dataclasses import replace

from memory.code.codebase import (
    Answered,
    CodePlace,
    Column,
    ForeignKey,
    Query,
    Route,
    Table,
    Unresolved,
)
from memory.code.coverage import CoverageReport, FileCoverage
from memory.code.known import KnownCode
from memory.code.loading import load_facts


def shop(code):
    base = code(
        [
            ("orders/views.py:show", "orders/totals.py:total", "call"),
            ("orders/jobs.py:run", "orders/totals.py:total", "call"),
            ("orders/views.py:show", "orders/models.py:Order", "call"),
            ("users/views.py:me", "orders/models.py:Order", "use"),
            ("tests/test_orders.py:test_it", "orders/totals.py:total", "call"),
        ],
        symbols=["orders/migrations/0001_first.py:M", "orders/migrations/0002_next.py:M"],
    )
    orders = Table(
        "orders",
        (Column("id", "int", nullable=False), Column("note", "text", nullable=True)),
        ("id",),
        (ForeignKey(("user_id",), "users"),),
        (("user_id",),),
        (("number",),),
        "Order",
        "orders/models.py",
        4,
        "Order",
    )
    routes = (
        Route(
            "GET",
            "/orders",
            "show",
            "orders/views.py",
            3,
            Answered("yes", ""),
            symbol="show",
            middleware=("auth",),
        ),
        Route("GET", "/me", "me", "users/views.py", 7, Answered("no", ""), symbol="me"),
    )
    return replace(
        base,
        tables=(orders,),
        routes=routes,
        queries=(Query(CodePlace("orders/views.py", "show"), 5, "read", "orders", ""),),
    )


def loaded(base, coverage=None):
    return {one.name: one.lines for one in load_facts(KnownCode(base, None, coverage))}


def test_each_section_tells_its_facts_with_their_places(code):
    found = loaded(shop(code))
    assert found["routes"] == (
        "GET /me -> me, authentication no, authorisation unknown (users/views.py:7)",
        "GET /orders -> show, authentication yes, authorisation unknown (orders/views.py:3)",
    )
    assert found["services"] == (
        "orders.totals.total (orders/totals.py:1): called 1 time by handlers, used in 2 files",
    )
    assert found["models"] == (
        "orders.models.Order (orders/models.py:1): table orders, used in 2 files",
    )
    assert found["middleware"] == ("auth: 1 route",)
    assert found["schema"] == ("orders: id int, note text? (orders/models.py:4)",)
    assert found["indexes and keys"] == (
        "orders: key (id); unique (number); index (user_id); user_id -> users (orders/models.py:4)",
    )
    assert found["migrations"] == (
        "orders/migrations/0002_next.py", "orders/migrations/0001_first.py")  # fmt: skip
    assert found["tests"] == ("tests/test_orders.py: needs 1 file of orders",)


def test_what_nobody_reads_is_unknown_and_what_is_not_there_is_left_out(code):
    base = replace(
        code([("a.py", "b.py")]),
        unresolved=(Unresolved("a.py", 1, "unread routes", "rocket", "rocket is not read"),),
    )
    found = loaded(base)
    assert found["routes"] == ("unknown: rocket is not read",)
    assert found["coverage"] == ("unknown: the project has no report of it",)
    assert "schema" not in found


def test_a_language_that_nobody_reads_leaves_no_zero(code):
    base = replace(code([("a.py", "b.py")]), unread={"*.rb": "564 files of Ruby"})
    found = loaded(base)
    assert found["what is not read"] == ("not read: 564 files of Ruby",)
    assert found["routes"] == found["schema"] == ("unknown: not read: 564 files of Ruby",)
    assert "routes unknown, tables unknown" in found["modules"][0]


def test_the_least_covered_module_comes_first(code):
    files = {
        "orders/totals.py": FileCoverage(frozenset({1, 2, 3}), frozenset({4}), {}),
        "users/views.py": FileCoverage(frozenset({1}), frozenset({2, 3, 4}), {}),
    }
    coverage = CoverageReport("coverage.xml", "2026-01-01", files, 0, frozenset())
    assert loaded(shop(code), coverage)["coverage"] == (
        "users: 25% of its lines are run", "orders: 75% of its lines are run")  # fmt: skip


def test_pages_in_a_language_that_nobody_reads_have_no_routes_and_no_tables(code):
    found = loaded(replace(code([("a.py", "b.py")]), unread={"*.vue": "12 files of Vue"}))
    assert found["what is not read"] == ("not read: 12 files of Vue",)
    assert "schema" not in found
