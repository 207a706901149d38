"""Which other files a change to some files will most likely change too."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.cochange import CoChange, Cochange
    from memory.code.codebase import CodeBase


class Signs(NamedTuple):
    """What speaks for one file changing with another, each from 0 to about 1."""

    jaccard: float = 0.0  # commits with both / commits with either
    often: float = 0.0  # commits with the other, late ones count more, as a logarithm
    needs: float = 0.0  # edges from the other to the one, as a logarithm
    needed: float = 0.0  # edges the other way
    imports: float = 0.0  # whether one of them imports the other
    folder: float = 0.0  # share of the folders that both are in
    peers: float = 0.0  # files that both need / files that either needs
    lift: float = 0.0  # how much more often than by chance both changed, as a logarithm
    last: float = 0.0  # how lately the other changed, halved by 20 commits
    late: float = 0.0  # the same, halved by 200
    both: float = 0.0  # how lately both changed, halved by 50
    popular: float = 0.0  # files that need the other, as a logarithm
    words: float = 0.0  # words of both paths / words of either, rare ones count more
    package: float = 0.0  # whether it is an `__init__.py`
    through: float = 0.0  # the chance to change by way of a third file


#: Of 300 commits of pretalx, healthchecks, paperless-ngx, redash, CTFd and bookwyrm, so that what
#: changed comes before what did not (`benchmarks/code_impact.py --fit`).
WEIGHTS = Signs(
    jaccard=0.98,
    often=2.55,
    needs=0.98,
    needed=0.61,
    imports=0.36,
    folder=1.29,
    peers=1.54,
    lift=1.78,
    last=0.91,
    late=1.34,
    both=0.65,
    popular=-1.07,
    words=1.69,
    package=-0.43,
    through=0.26,
)
BIAS = -7.81  # so that a chance is one, by the same commits
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
    through = _through(path, together, cochange)
    needs_of = code.needs_of.get(path, frozenset())
    found = {}
    for other in code.files:
        if other == path:
            continue
        count = together.get(other)
        ago = cochange.ago(other) if cochange else None
        found[other] = Signs(
            jaccard=count.jaccard if count else 0.0,
            often=math.log1p(changes.get(other, 0.0)) / 5,
            needs=math.log1p(needs.get(other, 0)) / 3,
            needed=math.log1p(needed.get(other, 0)) / 3,
            imports=float(other in imports),
            folder=_shared(path, other),
            peers=_overlap(needs_of, code.needs_of.get(other, frozenset())),
            lift=count.lift / 5 if count else 0.0,
            last=0.0 if ago is None else 0.5 ** (ago / 20),
            late=0.0 if ago is None else 0.5 ** (ago / 200),
            both=0.5 ** (count.ago / 50) if count else 0.0,
            popular=math.log1p(len(code.needed_by.get(other, ()))) / 5,
            words=_alike(code, path, other),
            package=float(other.endswith("__init__.py")),
            through=through.get(other, 0.0),
        )
    return found


def _alike(code: CodeBase, path: str, other: str) -> float:
    one, two, rarity = code.words_of[path], code.words_of[other], code.rarity
    shared = sum(rarity[word] for word in one & two)
    return shared / sum(rarity[word] for word in one | two) if shared else 0.0


def _through(
    path: str, together: Mapping[str, Cochange], cochange: CoChange | None
) -> dict[str, float]:
    """How likely each other file is to change with one of the files that change with one."""
    nearest = sorted(together, key=lambda other: (-together[other].degree, other))[:_THIRDS]
    found: dict[str, float] = defaultdict(float)
    for third in nearest if cochange else ():
        for other, one in cochange.partners(third).items() if cochange else ():
            if other != path:
                found[other] = 1 - (1 - found[other]) * (1 - together[third].degree * one.degree)
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
