"""What sentences demand, and what is refused."""

import pytest

from memory.code.checks.check_sentences import EXAMPLES, NotACheck, read_check
from memory.code.checks.edges import Forbidden, OnlyBy
from memory.code.checks.fact_demands import EveryRoute, MetricLimit, Owned
from memory.code.checks.orders import Acyclic, Layers
from memory.code.checks.parts import Named

A, B, C = Named("a"), Named("b"), Named("c")


@pytest.mark.parametrize("said", EXAMPLES)
def test_the_examples_that_are_told_are_checks(said):
    assert read_check(said)


@pytest.mark.parametrize(
    ("said", "demand"),
    [
        ("`a` must not import `b`.", Forbidden((A,), (B,))),
        ("The a module must never depend on b or c", Forbidden((A,), (B, C))),
        ("a may not use b, even indirectly", Forbidden((A,), (B,), indirectly=True)),
        ("a must not directly import b", Forbidden((A,), (B,))),
        ("a must not import b except c, not even indirectly",
         Forbidden((A,), (B,), indirectly=True, excepted=(C,))),
        ("src/a/ must not import src/*/b", Forbidden((Named("src/a/"),), (Named("src/*/b"),))),
        ("a must not import package stripe", Forbidden((A,), (Named("package stripe"),))),
        ("only a and b may import c", OnlyBy((A, B), (C,))),
        ("nobody but a may import c", OnlyBy((A,), (C,))),
        ("no cycles between a, b and c", Acyclic((A, B, C))),
        ("no cycle among modules", MetricLimit("module cycles", "at most", 0)),
        ("table orders is owned by a", Owned(("orders",), (A,))),
        ("tables orders and lines belong to a", Owned(("orders", "lines"), (A,))),
        ("every route has authentication", EveryRoute("auth", "authentication")),
        ("all endpoints under /admin, except /admin/health require authorization",
         None),
        ("every POST route has validation, except /login and /health",
         EveryRoute("validation", "validation", ("POST",), excepted=("/login", "/health"))),
        ("every route has a rate limit under /api",
         EveryRoute("rate_limit", "a rate limit", under="/api")),
        ("cycles at most 0", MetricLimit("module cycles", "at most", 0)),
        ("fan-out of every module <= 7", MetricLimit("fan-out", "at most", 7)),
        ("instability of a below 0.5", MetricLimit("instability", "below", 0.5, ("a",))),
        ("lines of a at most 1,500", MetricLimit("lines", "at most", 1500, ("a",))),
        ("at most 3 file cycles", MetricLimit("file cycles", "at most", 3)),
        ("no more than 900 lines in a", MetricLimit("lines", "at most", 900, ("a",))),
        ("duplicated lines below 3 %", MetricLimit("duplicated percentage", "below", 3)),
        ("no circular dependencies", MetricLimit("module cycles", "at most", 0)),
        ("a must not import anything from b", Forbidden((A,), (B,))),
        ("stripe may only be imported by a", OnlyBy((A,), (Named("stripe"),))),
        ("only a may write table orders", Owned(("orders",), (A,))),
        ("every route is authenticated", EveryRoute("auth", "authenticated")),
    ],
)  # fmt: skip
def test_a_sentence_demands(said, demand):
    if demand is None:
        with pytest.raises(NotACheck):
            read_check(said)
    else:
        assert read_check(said) == demand


@pytest.mark.parametrize("colon", [":", ""])
@pytest.mark.parametrize("sign", [" > ", " -> ", " → ", " over "])
def test_layers_are_told_from_the_top(sign, colon):
    demand = read_check(f"layers{colon} {sign.join('abc')} (closed)")

    assert isinstance(demand, Layers)
    assert [layer.parts for layer in demand.layers] == [(A,), (B,), (C,)]
    assert demand.closed


def test_parts_of_one_layer_are_independent_where_a_bar_says_so():
    barred = read_check("layers: a > b | c")
    beside = read_check("layers: a > b, c")

    assert [layer.independent for layer in barred.layers] == [False, True]
    assert [layer.independent for layer in beside.layers] == [False, False]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("a should be nice to b", "none of the checks"),
        ("layers: a", "from the top"),
        ("no cycle among a", "name 2 parts"),
        ("every route has charm", "nothing that routes have"),
        ("every nice route has authentication", "no method of HTTP"),
        ("charm at most 3", "no metric"),
        ("fan-out of a at most many", "no number"),
        ("what we said in spring must not import b", "no name of a module"),
        ("no cycle among a, b, even indirectly", "says nothing in this check"),
    ],
)
def test_what_is_no_check_is_refused_with_the_reason(said, reason):
    with pytest.raises(NotACheck, match=reason):
        read_check(said)
