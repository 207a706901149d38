"""Which dependencies to cut: the cheapest that leave no cycle, or no way from one to another.

A graph is what each edge costs; edges of a node with itself are none.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

Edge = tuple[str, str]

MOST_EXACT = 13  # nodes; each more doubles the time, which is a tenth of a second here


class Cuts(NamedTuple):
    """Edges to cut."""

    edges: tuple[Edge, ...]
    exact: bool  # whether none is cheaper


def break_cycles(costs: Mapping[Edge, int]) -> Cuts:
    """The edges without which there is no cycle: a feedback arc set.

    Up to `MOST_EXACT` nodes the cheapest, by dynamic programming over the sets of nodes that come
    first (Lawler 1964, https://doi.org/10.1109/TEC.1964.4308061). Beyond that the best order found
    from that of Eades, Lin and Smyth (1993, https://doi.org/10.1016/0020-0190(93)90079-O) by moving
    single nodes.
    """
    nodes = sorted({node for edge in costs for node in edge})
    is_exact = len(nodes) <= MOST_EXACT
    order = _best_order(nodes, costs) if is_exact else _good_order(nodes, costs)
    place = {node: at for at, node in enumerate(order)}
    back = [edge for edge in sorted(costs) if place[edge[0]] > place[edge[1]]]
    return Cuts(tuple(_needed(back, costs)), is_exact)


def in_order(nodes: Collection[str], costs: Mapping[Edge, int]) -> tuple[list[str], Cuts]:
    """The nodes, each after those that edges lead to from it, once the cheapest cuts are made.

    Of several that could be next it is the one with the least cost of edges either way.
    """
    among = {pair: cost for pair, cost in costs.items() if set(nodes).issuperset(pair)}
    cuts = break_cycles(among)
    left = among.keys() - set(cuts.edges)
    cost = {
        node: sum(one for pair, one in among.items() if node in pair and pair[0] != pair[1])
        for node in nodes
    }
    order: list[str] = []
    rest = set(nodes)
    while rest:
        free = [one for one in rest if not any(a == one and b in rest for a, b in left if a != b)]
        order.append(min(free, key=lambda one: (cost[one], one)))
        rest.remove(order[-1])
    return order, cuts


def separate(costs: Mapping[Edge, int], source: str, target: str) -> Cuts:
    """The cheapest edges without which no way leads from one node to another: a minimum cut."""
    residual = dict(costs)
    while way := _way(residual, source, target):
        least = min(residual[edge] for edge in way)
        for first, second in way:
            residual[first, second] -= least
            residual[second, first] = residual.get((second, first), 0) + least
    inside = {source, *reached([edge for edge, left in residual.items() if left], source)}
    return Cuts(
        tuple(edge for edge in sorted(costs) if edge[0] in inside and edge[1] not in inside), True
    )


def reached(edges: Collection[Edge], source: str) -> set[str]:
    """What ways lead to from a node, without itself unless it is in a cycle."""
    following: dict[str, list[str]] = {}
    for first, second in edges:
        following.setdefault(first, []).append(second)
    found: set[str] = set()
    front = list(following.get(source, ()))
    while front:
        node = front.pop()
        if node not in found:
            found.add(node)
            front += following.get(node, ())
    return found


def _way(costs: Mapping[Edge, int], source: str, target: str) -> list[Edge]:
    """A shortest way over edges that have something left; none where there is none."""
    following: dict[str, list[str]] = {}
    for (first, second), left in sorted(costs.items()):
        if left:
            following.setdefault(first, []).append(second)
    came: dict[str, str] = {source: source}
    front = deque([source])
    while front and target not in came:
        node = front.popleft()
        for other in following.get(node, ()):
            if other not in came:
                came[other] = node
                front.append(other)
    way = []
    while target in came and target != source:
        way.append((came[target], target))
        target = came[target]
    return way[::-1]


def _best_order(nodes: Sequence[str], costs: Mapping[Edge, int]) -> list[str]:
    """The order of nodes with the least cost of edges that go back."""
    number = {node: at for at, node in enumerate(nodes)}
    into = [[0] * len(nodes) for _ in nodes]  # into[target][source]
    for (source, target), cost in costs.items():
        into[number[target]][number[source]] += cost
    # The cost of putting a node next is that of its edges to all that is there already.
    best = [0] + [-1] * ((1 << len(nodes)) - 1)
    last = [-1] * len(best)
    for there in range(len(best)):
        for node in range(len(nodes)):
            if there >> node & 1:
                continue
            back = sum(into[other][node] for other in range(len(nodes)) if there >> other & 1)
            then = there | 1 << node
            if best[then] < 0 or best[there] + back < best[then]:
                best[then], last[then] = best[there] + back, node
    order, there = [], len(best) - 1
    while there:
        order.append(nodes[last[there]])
        there ^= 1 << last[there]
    return order[::-1]


def _good_order(nodes: Sequence[str], costs: Mapping[Edge, int]) -> list[str]:
    order = _eades(nodes, costs)
    improved = True
    while improved:
        improved = False
        for node in nodes:
            rest = [one for one in order if one != node]
            moved = _best_place(rest, node, costs)
            if _back(moved, costs) < _back(order, costs):
                order, improved = moved, True
    return order


def _best_place(rest: Sequence[str], node: str, costs: Mapping[Edge, int]) -> list[str]:
    """The order with a node put where its edges that go back cost the least."""
    # At the front all its incoming edges go back; each node that comes before it changes that.
    cost = sum(costs.get((other, node), 0) for other in rest)
    best, at = cost, 0
    for place, other in enumerate(rest, 1):
        cost += costs.get((node, other), 0) - costs.get((other, node), 0)
        if cost < best:
            best, at = cost, place
    return [*rest[:at], node, *rest[at:]]


def _back(order: Sequence[str], costs: Mapping[Edge, int]) -> int:
    place = {node: at for at, node in enumerate(order)}
    return sum(cost for (first, second), cost in costs.items() if place[first] > place[second])


def _eades(nodes: Sequence[str], costs: Mapping[Edge, int]) -> list[str]:
    left = set(nodes)
    front: list[str] = []
    end: list[str] = []
    while left:
        out = dict.fromkeys(sorted(left), 0)
        into = dict.fromkeys(sorted(left), 0)
        for (first, second), cost in costs.items():
            if first in left and second in left:
                out[first] += cost
                into[second] += cost
        sinks = [node for node in out if not out[node]]
        sources = [node for node in out if not into[node] and out[node]]
        if sinks:
            end = sinks + end
            left -= set(sinks)
        elif sources:
            front += sources
            left -= set(sources)
        else:
            node = max(out, key=lambda one: out[one] - into[one])
            front.append(node)
            left.remove(node)
    return front + end


def _needed(back: Sequence[Edge], costs: Mapping[Edge, int]) -> list[Edge]:
    """Those of these edges without which a cycle is left; the dearest are put back first."""
    kept = set(costs) - set(back)
    cut = []
    for edge in sorted(back, key=lambda one: (-costs[one], one)):
        if edge[0] in reached(kept, edge[1]):
            cut.append(edge)
        else:
            kept.add(edge)
    return sorted(cut, key=lambda one: (costs[one], one))
