"""How good a partition of code into services is, by the measures of the literature."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory.code.codebase import CodeBase

_USES = frozenset({Grade.CALL, Grade.INHERIT, Grade.INHERITED, Grade.USE, Grade.IMPORT})
_LEAST, _MOST = 5, 100  # files of a part that is not extreme

FORMULAS = {
    "structural_modularity": "mean of connected ordered pairs / files^2 within a part, less the "
    "mean of those between two parts / (2 * files * files); -1 to 1, more is better",
    "calls_across": "calls between parts / calls between files; less is better",
    "interfaces": "definitions of a part that others use, the mean; less is better",
    "not_extreme": "files in parts of 5 to 100 files / files; more is better",
}


class Quality(NamedTuple):
    """The four measures of a partition; None where nothing is there to be measured."""

    parts: int
    structural: float | None  # SM, -1 to 1: more is better
    calls_across: float | None  # ICP, 0 to 1: less is better
    interfaces: float  # IFN: definitions of a part that others use, on average; less is better
    not_extreme: float  # NED, 0 to 1: share of files in parts of 5 to 100; more is better


def quality(code: CodeBase, parts: Mapping[str, str]) -> Quality:
    """Measure a partition of files, by path.

    SM is the structural modularity of Jin et al. 2021 (https://doi.org/10.1109/TSE.2019.2910531),
    with files for classes: the mean cohesion of parts, m / n^2 of m connected ordered pairs of n
    files, less the mean coupling of two, s / (2 n1 n2). IFN is theirs too, with top-level
    definitions for operations. ICP is that of Mono2Micro (Kalia et al. 2021,
    https://doi.org/10.1145/3468264.3473915): calls between parts / all calls between files, here
    those that the code says. NED is that of Wu, Hassan and Holt 2005
    (https://doi.org/10.1109/ICSM.2005.31).
    """
    sizes = Counter(parts.values())
    pairs: set[tuple[str, str]] = set()
    published: set[tuple[str, str]] = set()
    calls, across = 0, 0
    for edge in code.edges:
        source, target = edge.source.path, edge.target.path
        if source == target or source not in parts or target not in parts:
            continue
        is_across = parts[source] != parts[target]
        if edge.grade in _USES:
            pairs.add((source, target))
            if is_across and edge.target.symbol:
                published.add(edge.target.top)
        if edge.grade is Grade.CALL:
            calls += 1
            across += is_across
    return Quality(
        parts=len(sizes),
        structural=_structural(pairs, parts, sizes),
        calls_across=across / calls if calls else None,
        interfaces=len(published) / len(sizes) if sizes else 0.0,
        not_extreme=sum(one for one in sizes.values() if _LEAST <= one <= _MOST) / len(parts)
        if parts
        else 0.0,
    )


def _structural(
    pairs: set[tuple[str, str]], parts: Mapping[str, str], sizes: Mapping[str, int]
) -> float | None:
    if not sizes:
        return None
    inside: Counter[str] = Counter()
    between: Counter[tuple[str, str]] = Counter()
    for source, target in pairs:
        first, second = sorted((parts[source], parts[target]))
        if first == second:
            inside[first] += 1
        else:
            between[first, second] += 1
    cohesion = sum(count / sizes[one] ** 2 for one, count in inside.items()) / len(sizes)
    couplings = len(sizes) * (len(sizes) - 1) / 2
    coupling = sum(
        count / (2 * sizes[first] * sizes[second]) for (first, second), count in between.items()
    )
    return cohesion - (coupling / couplings if couplings else 0.0)
