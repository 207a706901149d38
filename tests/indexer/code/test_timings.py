"""Traces and profiles, in the forms that tools write."""

from __future__ import annotations

import json
import os

import pytest

from indexer.code import timings
from indexer.code.timings import read_timings

PPROF = """File: shop
Type: cpu
Duration: 30s, Total samples = 1.10s ( 3.7%)
Showing nodes accounting for 1.10s, 100% of 1.10s total
      flat  flat%   sum%        cum   cum%
     0.20s 18.18% 18.18%      0.90s 81.82%  github.com/a/shop/internal/orders.(*Store).List
     0.10s  9.09% 27.27%      0.10s  9.09%  github.com/a/shop/internal/orders.total (inline)
         0     0% 27.27%      1.10s   100%  main.main.func1
"""
_MAIN = "<module> (views.py:17);main (views.py:14)"
STACKS = f"""{_MAIN};Orders.list (views.py:7);total (views.py:2) 30
{_MAIN};Orders.list (views.py:7);Orders.list.<locals>.<listcomp> (views.py:7) 10
<module> (<string>:1) 10
"""


def a_span(name, parent="", kind=1, took=5, **said):
    a_span.number += 1
    attributes = [
        {"key": key.replace("__", "."), "value": {"stringValue": value}}
        for key, value in said.items()
    ]
    return {
        "traceId": "t1",
        "spanId": str(a_span.number),
        "parentSpanId": parent,
        "name": name,
        "kind": kind,
        "startTimeUnixNano": "1544712660000000000",
        "endTimeUnixNano": str(1544712660000000000 + took * 1_000_000),
        "attributes": attributes,
    }


a_span.number = 0


def an_export(*spans, environment="production"):
    about = [{"key": "deployment.environment.name", "value": {"stringValue": environment}}]
    scope = {"scope": {"name": "x"}, "spans": list(spans)}
    return {"resourceSpans": [{"resource": {"attributes": about}, "scopeSpans": [scope]}]}


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("GET /a/{id}", {"http__route": "/a/{id}", "http__request__method": "GET"}, "/a/{id}"),
        ("GET", {"http__method": "GET", "http__target": "/a/7?b=1"}, "/a/7"),
        ("GET", {"http__method": "get", "http__url": "https://x.org/a/7?b=1"}, "/a/7"),
        ("GET a/<int:pk>/", {"http__route": "a/<int:pk>/", "http__method": "GET"}, "/a/<int:pk>/"),
        ("GET /a/:id", {}, "/a/:id"),
    ],
)
@pytest.mark.parametrize("kind", [2, "SPAN_KIND_SERVER"])
def test_a_request_has_its_route_and_time_as_old_and_new_conventions_say_it(
    tmp_path, name, said, told, kind
):
    (tmp_path / "traces.json").write_text(json.dumps(an_export(a_span(name, kind=kind, **said))))
    os.utime(tmp_path / "traces.json", (86400, 86400))

    (found,) = read_timings(tmp_path).requests

    assert (found.method, found.path, found.milliseconds) == ("GET", told, 5)
    assert (found.environment, found.source.report, found.source.day) == (
        "production",
        "traces.json",
        "1970-01-02",
    )


def test_what_a_request_asked_counts_without_its_values(tmp_path):
    server = a_span("GET /a", kind=2, took=90)
    inner = a_span("render", server["spanId"])
    new = [
        a_span(
            "SELECT", inner["spanId"], 3, 4, db__query__text=f"SELECT * FROM orders WHERE id = {n}"
        )
        for n in range(3)
    ]
    old = [
        a_span("x", server["spanId"], 3, 7, db__statement="INSERT INTO shop.log VALUES (1, 'a''b')")
    ]
    other = a_span("GET /b", server["spanId"], kind=2)
    apart = a_span("SELECT", other["spanId"], 3, db__statement="SELECT 1")
    lines = [json.dumps(an_export(one)) for one in (*new, server, inner, *old, other, apart)]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/otlp.jsonl").write_text("\n".join(lines))

    found = {one.path: one.asked for one in read_timings(tmp_path).requests}

    assert [tuple(one) for one in found["/a"]] == [
        ("INSERT INTO shop.log VALUES (?)", "log", "write", 1, 7.0),
        ("SELECT * FROM orders WHERE id = ?", "orders", "read", 3, 12.0),
    ]
    assert [one.statement for one in found["/b"]] == ["SELECT ?"]


def test_a_table_of_pprof_has_shares_of_functions(tmp_path):
    (tmp_path / "cpu.pprof.txt").write_text(PPROF)

    found = read_timings(tmp_path).sampled

    folder = "github.com/a/shop/internal/orders"
    assert [(one.symbol, one.file) for one in found] == [
        ("Store.List", folder),
        ("total", folder),
        ("main", "main"),
    ]
    assert (found[0].running, found[0].itself) == (pytest.approx(0.8182), pytest.approx(0.1818))


def test_stacks_have_shares_of_functions_each_counted_once(tmp_path):
    (tmp_path / "pyspy.txt").write_text(STACKS)

    found = {one.symbol: (one.running, one.itself) for one in read_timings(tmp_path).sampled}

    assert found["Orders.list"] == (0.8, 0.2)
    assert found["total"] == (0.6, 0.6)
    assert found["main"] == (0.8, 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("traces.json", "[]"),
        ("traces.json", '{"resourceSpans": 3}'),
        ("traces.json", '{"resourceSpans": [{"scopeSpans": [{"spans": [{}]}]}]}'),
        (
            "pprof.txt",
            PPROF.replace("0.20s", "2.5MB").replace("0.10s", "1kB").replace("  0 ", " 0B "),
        ),
        ("profile.txt", "what was measured\n"),
        ("readme.txt", STACKS),
    ],
)
def test_what_is_no_report_of_times_says_nothing(tmp_path, name, text):
    (tmp_path / name).write_text(text)

    found = read_timings(tmp_path)

    assert (found.requests, found.sampled) == ((), ())


def test_a_report_that_is_too_large_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(timings, "LARGEST", 10)
    (tmp_path / "pyspy.txt").write_text(STACKS)

    assert read_timings(tmp_path).left_out == {"pyspy.txt": "larger than 10 bytes"}
