"""Code as a graph of files or modules; the one place that knows libraries of graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rustworkx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STARTS = 64  # members of a component through which a ring is looked for
_SEED = 1
_ROUNDS = 10  # after which hardly anything moves
_TRIALS = 5  # independent ones, of which the best is taken


class Graph:
    """A directed graph without parallel edges; all that it lists is in the order of its nodes."""

    def __init__(self, nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> None:
        self.nodes = sorted(set(nodes))
        index = {node: number for number, node in enumerate(self.nodes)}
        self._graph = rustworkx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from(self.nodes)
        pairs = sorted({(index[a], index[b]) for a, b in edges if a != b})
        self._graph.add_edges_from_no_data(pairs)

    def cycles(self) -> list[list[str]]:
        """The strongly connected components of more than one node, the largest first."""
        found = rustworkx.strongly_connected_components(self._graph)
        named = [sorted(self.nodes[one] for one in each) for each in found if len(each) > 1]
        return sorted(named, key=lambda each: (-len(each), each))

    def shortest_ring(self, members: Iterable[str]) -> list[str]:
        """The fewest nodes of a component that lead round; of several the first.

        Rings through the first 64 members are looked at; [a, b] stands for a -> b -> a.
        """
        starts = sorted(self.nodes.index(one) for one in sorted(members)[:_STARTS])
        return [self.nodes[one] for one in min(map(self._ring, starts), key=len)]

    def _ring(self, start: int) -> list[int]:
        """A shortest way from a node of a component back to it."""
        before = {start: start}
        for one in (reached := [start]):  # which grows meanwhile
            for other in sorted(self._graph.successor_indices(one)):
                if other == start:
                    ring = [one]
                    while ring[-1] != start:
                        ring.append(before[ring[-1]])
                    return ring[::-1]
                if other not in before:
                    before[other] = one
                    reached.append(other)
        return []


def connected(nodes: Iterable[str], edges: Iterable[tuple[str, str]]) -> list[set[str]]:
    """The groups of nodes that edges connect, whatever their direction; a node alone is one."""
    graph, index = rustworkx.PyGraph(), dict[str, int]()
    for node in nodes:
        index.setdefault(node, len(index))
    graph.add_nodes_from(list(index))
    graph.add_edges_from_no_data([(index[a], index[b]) for a, b in edges])
    return [{graph[one] for one in group} for group in rustworkx.connected_components(graph)]


def communities(weights: Mapping[tuple[str, str], float]) -> dict[str, int]:
    """The community of each node that an edge connects, by Leiden; equal graphs give the same.

    Communities have the most weight inside, beyond what chance would give (modularity). None are
    given to begin with: the library then takes nodes in no fixed order.

    Args:
        weights: Of undirected edges, each pair once.
    """
    import graspologic_native

    if not weights:
        return {}
    _, found = graspologic_native.leiden(
        [(first, second, weight) for (first, second), weight in sorted(weights.items())],
        iterations=_ROUNDS,
        seed=_SEED,
        trials=_TRIALS,
    )
    return dict(sorted(found.items()))
