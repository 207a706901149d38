"""What readers of wiring share: which classes are of which kind, and edges to what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from indexer.code.names.class_names import TYPES
from memory.code.codebase import CodePlace, Edge, Grade, Unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from indexer.code.project_code import CodeProject
    from memory.code.facts import Definition

WIRING = "wiring"  # what is told of those that are not resolved


class Need(NamedTuple):
    """A place in the code that a framework connects with something."""

    source: CodePlace
    line: int
    name: str  # what is asked for, as it is written


class Kinds:
    """The classes and interfaces of a language's files, and what extends or implements each."""

    def __init__(self, project: CodeProject, language: str) -> None:
        self.types: dict[CodePlace, Definition] = {}
        self._below: dict[CodePlace, list[CodePlace]] = {}
        for path, facts in project.files.items():
            for one in facts.definitions if facts.language == language else ():
                if one.kind not in TYPES:
                    continue
                place = CodePlace(path, one.name)
                self.types[place] = one
                for base in one.bases:
                    above = project.locate(path, base)
                    if above is not None and above != place:
                        self._below.setdefault(above, []).append(place)

    def of(self, place: CodePlace) -> list[CodePlace]:
        """A type, and all that extend or implement it at any depth, the nearest first."""
        found = dict.fromkeys([place])
        front = [place]
        while front:
            front = [
                one for above in front for one in self._below.get(above, ()) if one not in found
            ]
            found.update(dict.fromkeys(front))
        return list(found)


def connected(need: Need, targets: Sequence[CodePlace], asked: CodePlace | None) -> Iterator[Edge]:
    """Edges to each of several places; none to what the language resolved by itself."""
    for target in targets:
        if target not in {asked, need.source}:
            yield Edge(need.source, target, Grade.FRAMEWORK, need.line)


def undecided(need: Need, reason: str) -> Unresolved:
    """What was asked for, and why nobody can tell what is connected."""
    return Unresolved(need.source.path, need.line, WIRING, need.name, reason)
