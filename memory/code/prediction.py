"""Which other files a change to some files will most likely change too."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.cochange import CoChange, Together
    from memory.code.codebase import CodeBase


class Signs(NamedTuple):
    """What speaks for one file changing with another, each from 0 to about 1."""

    together: float = 0.0  # commits with both / commits with the one, late ones count more
    jaccard: float = 0.0  # commits with both / commits with either
    often: float = 0.0  # commits with the other, as a logarithm
    needs: float = 0.0  # edges from the other to the one, as a logarithm
    needed: float = 0.0  # edges the other way
    imports: float = 0.0  # whether one of them imports the other
    folder: float = 0.0  # share of the folders that both are in
    through: float = 0.0  # the same as `together`, by way of a third file
    users: float = 0.0  # files that need both / files that need either
    lately: float = 0.0  # as `often`, of the last few commits only
    peers: float = 0.0  # files that both need / files that either needs


#: Of 180 commits of pretalx, healthchecks and paperless-ngx, by `benchmarks/code_impact.py --fit`.
WEIGHTS = Signs(
    together=0.45,
    jaccard=3.17,
    often=1.87,
    needs=0.17,
    needed=-1.16,
    imports=1.89,
    folder=1.72,
    through=3.65,
    users=0.27,
    lately=1.75,
    peers=3.33,
)
BIAS = -7.15
_STARTS = 20  # files from which others are looked for, those of most changes
_THIRDS = 15  # files that change with one, by way of which others are looked for


def predict(
    code: CodeBase, files: Sequence[str], cochange: CoChange | None
) -> list[tuple[str, float]]:
    """The other files with the chance that each changes too, the likeliest first.

    Where several files are to change, each other one has the chance that the best of them gives;
    of many only the most changed are looked at.
    """
    started = set(files)
    best: dict[str, float] = defaultdict(float)
    changes = cochange.recent if cochange else {}
    for path in sorted(files, key=lambda path: (-changes.get(path, 0.0), path))[:_STARTS]:
        for other, signs in signs_for(code, path, cochange).items():
            if other not in started:
                best[other] = max(best[other], chance(signs))
    return sorted(best.items(), key=lambda one: (-one[1], one[0]))


def chance(signs: Signs) -> float:
    """By logistic regression, see `WEIGHTS`."""
    total = BIAS + sum(value * weight for value, weight in zip(signs, WEIGHTS, strict=True))
    return 1 / (1 + math.exp(-total))


def signs_for(code: CodeBase, path: str, cochange: CoChange | None) -> dict[str, Signs]:
    """What speaks for each other file of code changing with one."""
    needs, needed, imports = _edges(code, path)
    together = cochange.partners(path) if cochange else {}
    changes = cochange.recent if cochange else {}
    lately = cochange.lately if cochange else {}
    through = _through(path, together, cochange)
    users = code.needed_by.get(path, frozenset())
    needs_of = code.needs_of.get(path, frozenset())
    found = {}
    for other in code.files:
        if other == path:
            continue
        count = together.get(other)
        found[other] = Signs(
            together=count.degree if count else 0.0,
            jaccard=count.jaccard if count else 0.0,
            often=math.log1p(changes.get(other, 0.0)) / 5,
            needs=math.log1p(needs.get(other, 0)) / 3,
            needed=math.log1p(needed.get(other, 0)) / 3,
            imports=float(other in imports),
            folder=_shared(path, other),
            through=through.get(other, 0.0),
            users=_overlap(users, code.needed_by.get(other, frozenset())),
            lately=math.log1p(lately.get(other, 0.0)) / 2,
            peers=_overlap(needs_of, code.needs_of.get(other, frozenset())),
        )
    return found


def _through(
    path: str, together: Mapping[str, Together], cochange: CoChange | None
) -> dict[str, float]:
    """How likely each other file is to change with one of the files that change with one."""
    nearest = sorted(together, key=lambda other: (-together[other].degree, other))[:_THIRDS]
    found: dict[str, float] = defaultdict(float)
    for third in nearest if cochange else ():
        for other, one in cochange.partners(third).items() if cochange else ():
            if other != path:
                found[other] = max(found[other], together[third].degree * one.degree)
    return found


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _edges(code: CodeBase, path: str) -> tuple[Mapping[str, int], Mapping[str, int], set[str]]:
    needs: dict[str, int] = defaultdict(int)
    needed: dict[str, int] = defaultdict(int)
    imports = set()
    for edge in code.edges_of.get(path, ()):
        source, target = edge.source.path, edge.target.path
        if edge.grade is Grade.IMPORT:
            imports |= {source, target}
        if target == path:
            needs[source] += 1
        else:
            needed[target] += 1
    return needs, needed, imports - {path}


def _shared(path: str, other: str) -> float:
    one, two = path.split("/")[:-1], other.split("/")[:-1]
    same = sum(a == b for a, b in zip(one, two, strict=False))
    return same / max(len(one), len(two), 1)
