"""Layers that are skipped."""

from __future__ import annotations

from dataclasses import replace

import pytest

from memory.code.codebase import CodePlace, Outgoing, Query, Route, Table
from memory.code.findings.auditing import look
from memory.code.findings.rule import AuditSubject

ORDER = Table("orders", (), ("id",), (), (), (), "", "shop/m.py", 1, "Order")


@pytest.fixture
def audited(code):
    def audit(*, direct: int = 0, leaving: int = 0, outgoing=()):
        names = [f"direct{number}" for number in range(direct)]
        calls = [
            (f"shop/views.py:leaving{number}", "shop/service.py:load", "call")
            for number in range(leaving)
        ]
        symbols = ["shop/m.py:Order.send", "shop/service.py:load"]
        base = code(calls, symbols=[*symbols, *(f"shop/views.py:{name}" for name in names)])
        names += [f"leaving{number}" for number in range(leaving)]
        base = replace(
            base,
            symbols={key: one._replace(kind="function") for key, one in base.symbols.items()},
            tables=(ORDER,),
            routes=tuple(
                Route("GET", f"/{name}", name, "shop/views.py", 1, symbol=name) for name in names
            ),
            queries=tuple(
                Query(CodePlace(path, name), 7, "read", "orders", "Order")
                for path, name in [
                    ("shop/service.py", "load"),
                    *(("shop/views.py", name) for name in names if name.startswith("direct")),
                ]
            ),
            outgoing=tuple(outgoing),
        )
        return look(AuditSubject(base), "architecture").findings

    return audit


@pytest.mark.parametrize(
    ("direct", "leaving", "found"), [(1, 3, 1), (1, 2, 0), (2, 3, 0), (0, 4, 0), (4, 0, 0)]
)
def test_a_handler_that_asks_by_itself_is_the_odd_one_of_its_module(
    audited, direct, leaving, found
):
    findings = audited(direct=direct, leaving=leaving)

    assert [one.rule for one in findings] == ["architecture.direct-query"] * found


def test_it_is_told_with_its_queries_and_how_the_others_do_it(audited):
    (found,) = audited(direct=1, leaving=3)

    assert found.message == (
        "direct0 asks orders by itself; 3 of 4 handlers of shop go through another layer"
    )
    assert [spot.said for spot in found.spots] == ["reads orders", "leaving0 goes through load"]


@pytest.mark.parametrize(
    ("place", "found"),
    [
        (CodePlace("shop/m.py", "Order.send"), 1),
        (CodePlace("shop/service.py", "load"), 0),
        (CodePlace("shop/m.py"), 0),
    ],
)
def test_a_model_that_calls_another_service_is_told(audited, place, found):
    assert len(audited(outgoing=[Outgoing(place, 3, "requests.post")])) == found
