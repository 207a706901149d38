"""Code as a graph of files or modules; the one place that knows rustworkx."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import rustworkx

if TYPE_CHECKING:
    from collections.abc import Iterable

Node = TypeVar("Node", bound=tuple[str, ...] | str)


class Graph(Generic[Node]):
    """A directed graph without parallel edges; all that it lists is in the order of its nodes."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[tuple[Node, Node]]) -> None:
        self.nodes = sorted(set(nodes))
        self._index = {node: index for index, node in enumerate(self.nodes)}
        self._graph = rustworkx.PyDiGraph(multigraph=False)
        self._graph.add_nodes_from(self.nodes)
        pairs = sorted({(self._index[a], self._index[b]) for a, b in edges if a != b})
        self._graph.add_edges_from_no_data(pairs)

    def cycles(self) -> list[list[Node]]:
        """The strongly connected components of more than one node, the largest first."""
        found = rustworkx.strongly_connected_components(self._graph)
        named = [sorted(self.nodes[one] for one in each) for each in found if len(each) > 1]
        return sorted(named, key=lambda each: (-len(each), each))

    def needs(self, node: Node) -> list[Node]:
        """What a node has an edge to."""
        return self._named(self._graph.successor_indices(self._index[node]))

    def needed_by(self, node: Node) -> list[Node]:
        """What has an edge to a node."""
        return self._named(self._graph.predecessor_indices(self._index[node]))

    def dependents(self, starts: Iterable[Node]) -> dict[Node, tuple[int, Node]]:
        """What reaches any of these, with its distance and the next node on a shortest way.

        The starts are at distance 0, each its own next. Of several ways the first in order is it.
        """
        found = {node: (0, node) for node in sorted(set(starts)) if node in self._index}
        front = list(found)
        distance = 0
        while front:
            distance += 1
            reached = []
            for node in front:
                for above in self.needed_by(node):
                    if above not in found:
                        found[above] = (distance, node)
                        reached.append(above)
            front = reached
        return found

    def __contains__(self, node: Node) -> bool:
        return node in self._index

    def _named(self, indices: Iterable[int]) -> list[Node]:
        return [self.nodes[index] for index in sorted(indices)]
