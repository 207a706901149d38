"""The cheapest cuts: held against all there are on small graphs, and simulated one by one."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory.code.cuts import MOST_EXACT, break_cycles, reached, separate
from memory.code.decoupling import decouple
from memory.code.graph import Graph
from memory.errors import InvalidRequest

NODES = "abcde"
SETTINGS = settings(max_examples=60, deadline=None)
graphs = st.dictionaries(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda one: one[0] != one[1]),
    st.integers(1, 9),
    max_size=9,
)


def cheapest(costs, is_enough) -> int:
    """By trying all sets of edges."""
    edges = sorted(costs)
    return min(
        sum(costs[edge] for edge in cut)
        for size in range(len(edges) + 1)
        for cut in combinations(edges, size)
        if is_enough(set(edges) - set(cut))
    )


@pytest.mark.slow
@SETTINGS
@given(graphs)
def test_no_set_of_edges_that_leaves_no_cycle_is_cheaper(costs):
    cuts = break_cycles(costs)
    assert cuts.exact
    assert not Graph(NODES, set(costs) - set(cuts.edges)).cycles()
    least = cheapest(costs, lambda left: not Graph(NODES, left).cycles())
    assert sum(costs[edge] for edge in cuts.edges) == least


@pytest.mark.slow
@SETTINGS
@given(graphs)
def test_no_set_of_edges_that_parts_two_nodes_is_cheaper(costs):
    cuts = separate(costs, "a", "b")
    assert "b" not in reached(set(costs) - set(cuts.edges), "a")
    least = cheapest(costs, lambda left: "b" not in reached(left, "a"))
    assert sum(costs[edge] for edge in cuts.edges) == least


@pytest.mark.slow
@SETTINGS
@given(
    st.dictionaries(
        st.tuples(st.integers(10, 29), st.integers(10, 29)).filter(lambda one: one[0] != one[1]),
        st.integers(1, 9),
        min_size=30,
        max_size=60,
    )
)
def test_of_many_nodes_what_is_left_has_no_cycle_and_no_cut_is_needless(numbered):
    costs = {(str(first), str(second)): cost for (first, second), cost in numbered.items()}
    nodes = {node for edge in costs for node in edge}
    cuts = break_cycles(costs)
    assert cuts.exact is (len(nodes) <= MOST_EXACT)
    left = set(costs) - set(cuts.edges)
    assert not Graph(nodes, left).cycles()
    assert all(Graph(nodes, left | {edge}).cycles() for edge in cuts.edges)


@pytest.fixture
def shop(code):
    """orders and users need each other; billing stands aside."""
    return code(
        [
            ("orders/a.py", "users/a.py"),
            ("orders/b.py", "users/a.py"),
            ("orders/b.py:Order", "users/a.py:User", "call"),
            ("users/a.py", "orders/b.py"),
            ("users/a.py:User", "orders/b.py:Order", "use"),
            ("billing/a.py", "orders/a.py"),
            ("tests/test_a.py", "billing/a.py"),
        ]
    )


def test_the_cheaper_of_two_directions_is_cut_and_its_names_are_the_interface(shop):
    found = decouple(shop, "orders", "users")
    assert found.about.startswith("users no longer depends on orders (each depends")
    (cut,) = found.cuts
    assert (cut.source, cut.target, cut.imports) == ("users", "orders", 1)
    assert [(one.name, one.uses) for one in cut.names] == [("orders.b.Order", 1)]
    assert [(one.file, one.line) for one in cut.spots] == [("users/a.py", 4)]
    assert (found.before.modules_in_cycles, found.after.modules_in_cycles) == (2, 0)
    assert [(one.module, one.dependents) for one in cut.before] == [("users", 2), ("orders", 2)]
    assert [(one.module, one.dependents) for one in cut.after] == [("users", 2), ("orders", 1)]


def test_without_a_name_the_largest_cycle_is_resolved_and_with_one_that_of_it(shop):
    assert [(cut.source, cut.target) for cut in decouple(shop).cuts] == [("users", "orders")]
    assert decouple(shop, "billing").about == "billing is in no cycle"
    assert decouple(shop, "BILLING", "users").cuts[0].target in {"orders", "users"}


def test_what_is_not_connected_needs_no_cut_and_what_is_not_there_is_refused(shop, code):
    apart = code([("a/x.py", "a/y.py"), ("b/x.py", "b/y.py")])
    assert decouple(apart, "a", "b").about == "neither depends on the other"
    assert decouple(apart).about == "the modules are in no cycle"
    with pytest.raises(InvalidRequest, match="near: orders"):
        decouple(shop, "order")
    with pytest.raises(InvalidRequest, match="the two modules are one"):
        decouple(shop, "orders", "Orders")
