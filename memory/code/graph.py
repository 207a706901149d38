"""Code as a graph of files or modules; the one place that knows rustworkx."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rustworkx

if TYPE_CHECKING:
    from collections.abc import Iterable


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
