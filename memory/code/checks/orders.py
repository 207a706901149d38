"""Demands on the order of parts: layers, independence, no cycles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from memory.code.checks.check import CannotTell, CheckVerdict, Violation
from memory.code.checks.edges import (
    all_nodes,
    distinct,
    one_by_one,
    unread_beside,
    unresolved_among,
    violations,
)
from memory.code.checks.web import AT_RUN_TIME, Scope
from memory.code.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.code.checks.parts import CodePart
    from memory.code.checks.web import FirstImport, Web, Webs


@dataclass(frozen=True)
class Layer:
    """Parts at one height."""

    parts: tuple[CodePart, ...]
    independent: bool = True  # whether they must not import each other


@dataclass(frozen=True)
class Layers:
    """A higher layer may import a lower one, and never the other way round."""

    layers: tuple[Layer, ...]  # the highest first
    indirectly: bool = False  # whether imports by way of others count too
    closed: bool = False  # whether a layer may import only the next one below
    excepted: tuple[CodePart, ...] = ()
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> CheckVerdict:
        """Every import upwards, between independent parts, or past a closed layer."""
        web = webs.of(self.scope)
        parts = [part for layer in self.layers for part in layer.parts]
        nodes = dict(zip(parts, one_by_one(parts, web), strict=True))
        allowed = all_nodes(web, self.excepted)
        found = [
            one
            for source, target in self._wrong_ways()
            for one in violations(
                web,
                nodes[source] - allowed,
                nodes[target] - allowed,
                indirectly=self.indirectly,
            )
        ]
        looked = {node for one in nodes.values() for node in one}
        unresolved = (
            unresolved_among(web, nodes[source] - allowed, [target], indirectly=self.indirectly)
            for source, target in self._wrong_ways()
        )
        untold = unread_beside(web, looked) or next(filter(None, unresolved), "")
        return CheckVerdict(distinct(found), untold=untold)

    def _wrong_ways(self) -> Iterator[tuple[CodePart, CodePart]]:
        for height, lower in enumerate(self.layers):
            for above, higher in enumerate(self.layers[:height]):
                for source in lower.parts:
                    yield from ((source, target) for target in higher.parts)
                if self.closed and height - above > 1:
                    for source in higher.parts:
                        yield from ((source, target) for target in lower.parts)
            if lower.independent:
                yield from permutations(lower.parts, 2)


@dataclass(frozen=True)
class Acyclic:
    """No cycle among parts, by what they import of each other directly."""

    parts: tuple[CodePart, ...]
    scope: Scope = AT_RUN_TIME

    def judge(self, webs: Webs) -> CheckVerdict:
        """A violation for each group of parts that need each other."""
        web = webs.of(self.scope)
        found = one_by_one(self.parts, web)
        part_of = {
            node: part.said for part, nodes in zip(self.parts, found, strict=True) for node in nodes
        }
        unresolved = (
            unresolved_among(web, nodes, [one for one in self.parts if one != part])
            for part, nodes in zip(self.parts, found, strict=True)
        )
        untold = unread_beside(web, part_of) or next(filter(None, unresolved), "")
        return CheckVerdict(cycles(web, part_of), untold=untold)


def cycles(web: Web, part_of: dict[str, str]) -> list[Violation]:
    """The groups of parts that need each other, each with a shortest cycle as its evidence.

    Args:
        web: Who imports whom.
        part_of: The part of each node that belongs to one.
    """
    between: dict[tuple[str, str], FirstImport] = {}
    for link in web:
        source, target = part_of.get(link.source), part_of.get(link.target)
        if source is not None and target is not None and source != target:
            between.setdefault((source, target), link)
    graph = Graph(set(part_of.values()), between)
    return [_cycle(web, members, between) for members in graph.cycles()]


def _cycle(web: Web, members: list[str], between: dict[tuple[str, str], FirstImport]) -> Violation:
    ring = _shortest(members, between)
    return Violation(
        parts=tuple(members),
        message=f"{', '.join(members)} need each other",
        spots=tuple(web.spot(between[pair]) for pair in pairwise((*ring, ring[0]))),
        modules=tuple(members),
    )


def _shortest(members: list[str], between: dict[tuple[str, str], FirstImport]) -> list[str]:
    """A shortest cycle among parts that need each other."""
    best: list[str] = []
    for start in members:
        came: dict[str, list[str]] = {start: [start]}
        waiting = [start]
        while waiting and not (best and len(came[waiting[0]]) >= len(best)):
            here = waiting.pop(0)
            nexts = [other for other in members if (here, other) in between]
            if start in nexts:
                best = came[here]
                break
            for other in nexts:
                if other not in came:
                    came[other] = [*came[here], other]
                    waiting.append(other)
    if not best:
        raise CannotTell("no cycle was found")  # cannot be: they need each other
    return best
