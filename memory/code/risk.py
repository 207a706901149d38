"""How much hangs on a part of the code, and what that is made of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from memory.models.code import Risk, RiskPart
from memory.texts.formatting import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.cochange import CoChange
    from memory.code.codebase import CodeBase
    from memory.models.code import Reached


def weigh(
    code: CodeBase,
    direct: Sequence[Reached],
    files: Sequence[Reached],
    routes: Sequence[Reached],
    tests: Sequence[Reached],
    modules: Mapping[str, int],
    started: Sequence[str],
    cochange: CoChange | None,
) -> Risk:
    """The risk of a change: each part is from 0 to 1, and counts by its weight."""
    own = {code.files[path].module for path in started if path in code.files}
    other = [name for name in modules if name not in own]
    changes = max((cochange.changes[path] for path in started), default=0) if cochange else 0
    users = f"{counted(len(direct), 'file')} {'uses' if len(direct) == 1 else 'use'} it directly"
    reach = f"{counted(len(tests), 'file')} of tests {'reaches' if len(tests) == 1 else 'reach'} it"
    churn = f"{counted(changes, 'commit')} changed it" if cochange else "no history was read"
    parts = (
        _part("dependents", _grown(len(direct), 20), 0.3, users),
        _part("cascade", _grown(len(files), 100), 0.15, f"{counted(len(files), 'file')} in all"),
        _part("modules", _grown(len(other), 6), 0.2, counted(len(other), "other module")),
        _part("routes", _grown(len(routes), 20), 0.15, counted(len(routes), "route")),
        _part(
            "untested",
            0.0 if tests else 1.0 if files else 0.3,
            0.1,
            reach,
        ),
        _part("churn", _grown(changes, 50), 0.1, churn),
    )
    score = round(sum(part.value * part.weight for part in parts), 2)
    return Risk(
        score=score, level="HIGH" if score >= 0.6 else "MED" if score >= 0.3 else "LOW", parts=parts
    )


def _grown(count: int, much: int) -> float:
    """0 for none, 1 for much and more, in between by the logarithm."""
    return round(min(1.0, math.log1p(count) / math.log1p(much)), 2)


def _part(name: str, value: float, weight: float, reason: str) -> RiskPart:
    return RiskPart(name=name, value=value, weight=weight, reason=reason)
