"""Traces of routes with what reports measured."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from memory.code.codebase import CodePlace, Query, Route
from memory.code.measured import with_measured
from memory.code.timed import RepeatedStatement, Sampled, TimeSource, Timings, TracedRequest
from memory.code.tracing import trace

VIEW = CodePlace("shop/views.py", "view")
SOURCE = TimeSource("traces.json", 2000.0, "2026-01-02")


def a_request(took=5.0, path="/orders/7", method="GET", asked=(), source=SOURCE) -> TracedRequest:
    return TracedRequest(method, path, took, asked, "production", source)


def asked(times, table="orders", does="read") -> RepeatedStatement:
    return RepeatedStatement(f"SELECT * FROM {table} WHERE id = ?", table, does, times, 2.0 * times)


@pytest.fixture
def measured(code, tmp_path):
    def measure(*requests: TracedRequest, sampled=(), written=1000.0, of="GET"):
        base = code([("shop/views.py:view", "shop/a.py:load", "call")])
        symbols = {place: one._replace(kind="function") for place, one in base.symbols.items()}
        routes = [
            Route(of, path, "view", "shop/views.py", 1, symbol="view")
            for path in ("/orders/{id}", "/orders/new")
        ]
        query = Query(VIEW, 7, "read", "orders", "Order", loop=6)
        base = replace(base, symbols=symbols, routes=tuple(routes), queries=(query,))
        (tmp_path / "shop").mkdir(exist_ok=True)
        (tmp_path / "shop/views.py").write_text("")
        os.utime(tmp_path / "shop/views.py", (written, written))
        found = trace(base, "GET /orders/{id}")
        return with_measured(found, base, Timings(requests, sampled), tmp_path).traces[0]

    return measure


def test_requests_of_a_route_are_told_by_median_and_longest_with_report_and_day(measured):
    found = measured(
        a_request(10), a_request(30), a_request(20, "/orders/{id}"), a_request(500, "/x")
    )

    assert [(one.metric, one.value, one.environment) for one in found.times] == [
        ("p50 of 3 requests", 20, "production"),
        ("longest", 30, "production"),
    ]
    assert {(one.citation, one.day, one.older) for one in found.times} == {
        ("traces.json", "2026-01-02", False)
    }


def test_a_file_that_was_written_after_the_report_makes_its_times_older(measured):
    assert measured(a_request(), written=3000.0).times[0].older


@pytest.mark.parametrize("path", ["/orders/new", "/orders/7/lines", "/ordersX7"])
def test_requests_of_other_routes_are_not_told(measured, path):
    assert measured(a_request(path=path)).times == ()


@pytest.mark.parametrize(("method", "of", "told"), [("POST", "GET", False), ("POST", "ANY", True)])
def test_those_of_another_method_are_not_told(measured, method, of, told):
    assert bool(measured(a_request(method=method), of=of).times) == told


def test_a_statement_that_one_request_repeats_confirms_the_loop(measured):
    found = measured(a_request(asked=(asked(25), asked(1, "users"))), a_request(asked=(asked(3),)))

    first, second = found.statements
    assert (first.table, first.times, first.milliseconds) == ("orders", 25, 28.0)
    assert [one.partition("-")[0] for one in first.confirms] == ["repeated"]
    assert (second.times, second.confirms) == (1, ())


@pytest.mark.parametrize("said", [asked(4), asked(25, "users"), asked(25, does="write")])
def test_few_others_and_writes_confirm_nothing(measured, said):
    assert measured(a_request(asked=(said,))).statements[0].confirms == ()


@pytest.mark.parametrize(
    ("symbol", "file", "told"),
    [
        ("view", "views.py", True),
        ("view", "/srv/app/shop/views.py", True),
        ("view", "other/views.py", False),
        ("View.view", "views.py", False),
        ("view", "github.com/a/shop", True),
    ],
)
def test_a_function_has_its_share_of_a_profile(measured, symbol, file, told):
    found = measured(sampled=[Sampled(symbol, file, 0, 0.5, 0.25, SOURCE)])

    notes = [note for one in found.steps for note in one.notes]
    said = "in 50% of samples, 25% by itself (traces.json, 2026-01-02)"
    assert notes == ([said] if told else [])
