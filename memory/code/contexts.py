"""Bounded contexts: files that hang together more than with the rest, whatever folders say."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from memory.code.codebase import Grade
from memory.code.graph import communities

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase

Pair = tuple[str, str]

#: Grades of edges by which files do not rely on one another.
_LOOSE = frozenset({Grade.COCHANGE, Grade.REFERENCE, Grade.TABLE})
_SHARED = 12  # files that touch a table, up to which it holds them together
_COMMITS = 5  # with both of two files, from which on it counts that they changed together
_DEGREE = 0.3  # likewise: commits with both / commits with either
_MODULE = "\0"  # before the name of a module's node, as no path begins
HOME = 0.5  # how much a module holds a file: half of one import of what nobody else imports
_OWN = 0.5  # share of a context, and of a module, from which on the one is the other


def find_contexts(
    code: CodeBase, modules: Mapping[str, str], together: CoChange | None
) -> dict[str, str]:
    """The context of each file that `modules` gives a module to, by path.

    Communities by Leiden (Traag, Waltman and van Eck 2019,
    https://doi.org/10.1038/s41598-019-41695-z) of files that imports and calls connect, tables that
    both touch, and commits that changed both. Each file is held by its module as it is, too: by an
    edge to a node of its own. A context is called like the module that it is in the main, else like
    the file that most of it hangs on.
    """
    weights = _weights(code, modules, together)
    held = {(path, _MODULE + module): HOME for path, module in modules.items()}
    found = communities(weights | held)
    return _named({path: found[path] for path in modules}, modules, weights)


def _weights(
    code: CodeBase, modules: Mapping[str, str], together: CoChange | None
) -> dict[Pair, float]:
    """How much each two files hang together.

    What many rely on tells little about any of them, so an edge to it weighs less: by the logarithm
    of their number, as the rarity of a word does in a search.
    """
    edges: Counter[Pair] = Counter()
    for edge in code.edges:
        source, target = edge.source.path, edge.target.path
        if source != target and edge.grade not in _LOOSE and {source, target} <= modules.keys():
            edges[source, target] += 1
    users = Counter(target for _, target in edges)
    weights: dict[Pair, float] = defaultdict(float)
    for (source, target), count in edges.items():
        rarity = 1 / math.log2(1 + users[target])
        weights[min(source, target), max(source, target)] += math.log2(1 + count) * rarity
    for paths in _touching(code, modules).values():
        if len(paths) <= _SHARED:
            for pair in combinations(sorted(paths), 2):
                weights[pair] += 1 / (len(paths) - 1)
    for pair, degree in _changed_together(modules, together):
        weights[pair] += degree
    return dict(sorted(weights.items()))


def _touching(code: CodeBase, modules: Mapping[str, str]) -> dict[str, set[str]]:
    """The files that read or write each table."""
    found: dict[str, set[str]] = defaultdict(set)
    for query in code.queries:
        if query.table and query.place.path in modules:
            found[query.table].add(query.place.path)
    for table in code.tables:
        if table.file in modules:
            found[table.table].add(table.file)
    return found


def _changed_together(
    modules: Mapping[str, str], together: CoChange | None
) -> Iterator[tuple[Pair, float]]:
    if together is None:
        return
    for path in modules:
        for other, one in together.partners(path).items():
            is_often = one.commits >= _COMMITS and one.jaccard >= _DEGREE
            if path < other and other in modules and is_often:
                yield (path, other), one.jaccard


def _named(
    found: Mapping[str, int], modules: Mapping[str, str], weights: Mapping[Pair, float]
) -> dict[str, str]:
    members: dict[int, list[str]] = defaultdict(list)
    for path, number in found.items():
        members[number].append(path)
    inside: dict[str, float] = defaultdict(float)
    for (first, second), weight in weights.items():
        if found[first] == found[second]:
            inside[first] += weight
            inside[second] += weight
    sizes = Counter(modules.values())
    names: dict[str, str] = {}
    taken: set[str] = set()
    for own in sorted(members.values(), key=lambda one: (-len(one), min(one))):
        module, count = Counter(sorted(modules[path] for path in own)).most_common(1)[0]
        centre = max(sorted(own), key=lambda path: inside[path])
        stem = centre.rpartition("/")[2].partition(".")[0]
        is_module = count >= _OWN * len(own) and count >= _OWN * sizes[module]
        choices = (module if is_module else stem, f"{module}/{stem}", centre)
        name = next(one for one in choices if one not in taken)
        taken.add(name)
        names |= dict.fromkeys(own, name)
    return names
