"""What depends on a part of the code, step by step, with the way of each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import CodePlace, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory.code.codebase import CodeBase, Edge

DEEPEST = 6  # steps; what lies beyond is told by nothing but the import graph


class ReachStep(NamedTuple):
    """How something was reached."""

    distance: int
    edge: Edge | None  # to what is nearer; None at a start


def reach(code: CodeBase, starts: Iterable[CodePlace]) -> dict[CodePlace, ReachStep]:
    """What uses any of these, and what uses that, by top-level definition; the nearest first.

    Who has a trait of which but a member uses it leads no further: who uses that member has an
    edge to it. What a file uses outside of any definition is reached as the file and leads no
    further, as nobody depends on all of a file; a start that is a file as such is what imports it.
    """
    found = {place: ReachStep(0, None) for place in starts}
    halted: set[CodePlace] = set()  # reached, and nothing is reached by them
    front = list(found)
    distance = 0
    while front and distance < DEEPEST:
        distance += 1
        reached: dict[CodePlace, ReachStep] = {}
        for place in front:
            for edge in code.incoming.get(place, ()):
                source = edge.source.top
                if (source in found and source not in halted) or edge.grade is Grade.COCHANGE:
                    continue
                if edge.grade is Grade.IMPORT and place.symbol == "" and distance > 1:
                    continue
                if source not in reached or _only_has(code, found, reached[source].edge):
                    reached[source] = ReachStep(distance, edge)
        only = {place for place, step in reached.items() if _only_has(code, found, step.edge)}
        halted = (halted | only) - (reached.keys() - only)
        found.update((place, step) for place, step in reached.items() if place not in found)
        front = [place for place in reached if place.symbol and place not in only]
    return found


def _only_has(code: CodeBase, found: Mapping[CodePlace, ReachStep], edge: Edge | None) -> bool:
    """Whether somebody is reached by a trait that it has, of which but a member was reached."""
    if edge is None or edge.grade is not Grade.INHERIT:
        return False
    trait = edge.target.top
    one, by = code.symbols.get(trait), found[trait].edge
    return one is not None and one.kind == "trait" and by is not None and "." in by.source.symbol


def way(found: Mapping[CodePlace, ReachStep], place: CodePlace) -> tuple[Edge, ...]:
    """The edges from something that was reached to where it began."""
    edges = []
    while (edge := found[place].edge) is not None:
        edges.append(edge)
        place = edge.target.top
    return tuple(edges)


def by_file(found: Mapping[CodePlace, ReachStep]) -> dict[str, CodePlace]:
    """Of each file that was reached the nearest place, the first one of several."""
    nearest: dict[str, CodePlace] = {}
    for place, step in found.items():
        known = nearest.get(place.path)
        if known is None or step.distance < found[known].distance:
            nearest[place.path] = place
    return nearest
