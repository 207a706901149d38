"""Which other files a change to some files will most likely change too."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from memory.code.codebase import Grade

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase

#: By `benchmarks/code_impact.py`: what a co-change, an edge in either direction add to a score.
_TOGETHER = 1.0
_NEEDS_IT = 0.25
_NEEDED = 0.15


def predict(
    code: CodeBase, files: Sequence[str], cochange: CoChange | None
) -> list[tuple[str, float]]:
    """The other files with a score, the likeliest first; the score orders, it is no probability."""
    started = set(files)
    scores: dict[str, float] = defaultdict(float)
    for edge in code.edges:
        source, target = edge.source.path, edge.target.path
        if edge.grade is Grade.IMPORT and source != target:
            if target in started and source not in started:
                scores[source] = max(scores[source], _NEEDS_IT)
            elif source in started and target not in started:
                scores[target] = max(scores[target], _NEEDED)
    if cochange:
        together: dict[str, float] = defaultdict(float)
        for path in files:
            for other, (_, degree) in cochange.partners(path).items():
                if other in code.files and other not in started:
                    together[other] = max(together[other], degree)
        for other, degree in together.items():
            scores[other] += _TOGETHER * degree
    return sorted(scores.items(), key=lambda one: (-one[1], one[0]))
