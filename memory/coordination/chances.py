"""How likely a task is systemic, by its words and by what changes like it touched."""

from __future__ import annotations

import re
from functools import cache
from math import exp, log, log1p
from typing import TYPE_CHECKING

from memory.coordination.similar import systemic_share
from memory.texts.lexicon import any_of, read_lexicon

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory.code.codebase import CodeBase
    from memory.code.past_changes import PastChanges
    from memory.models.coordination import SimilarChange

_ENOUGH = 20  # merged changes from which on a project has a share of systemic ones
_LARGEST = 30  # files: of larger changes it is only known that they are large
_SHARES = 0.02, 0.98  # within which the share of all is taken, as few changes tell it
#: A logistic regression (`benchmarks/fit_triage.py`).
_ALWAYS = -0.21
_WEIGHTS = (1.63, 0.57, 0.40, -0.61, 1.26, -0.86, -0.38)


def systemic_chance(
    task: str, similar: Sequence[SimilarChange], past: PastChanges | None, code: CodeBase
) -> float | None:
    """The chance, 0 to 1; None where fewer than twenty changes were merged before."""
    if past is None or len(past.changes) < _ENOUGH:
        return None
    found = features(task, similar, systemic_share(past, code))
    weighed = sum(weight * one for weight, one in zip(_WEIGHTS, found, strict=True))
    return 1 / (1 + exp(-(weighed + _ALWAYS)))


def features(task: str, similar: Sequence[SimilarChange], share: float) -> tuple[float, ...]:
    """What the chance goes by.

    Args:
        task: The words of the task.
        similar: Changes of the past that read like it.
        share: How many of all changes were systemic, 0 to 1.

    Returns:
        The share of systemic ones among those like it, the log odds of that among all, how many
        files those like it touched, how many words the task has, whether it speaks of the schema,
        begins as small work does, and is about another version of a library.
    """
    weight = sum(one.likeness for one in similar) or 1.0
    alike = sum(one.likeness for one in similar if one.is_systemic) / weight
    files = sum(one.likeness * min(one.files, _LARGEST) for one in similar) / weight
    lowest, highest = _SHARES
    of_all = min(max(share, lowest), highest)
    said = _telling()
    return (
        alike,
        log(of_all / (1 - of_all)),
        log1p(files),
        log1p(len(task.split())),
        float(bool(said["schema"].search(task))),
        float(bool(said["small"].match(task.lstrip(" [(:")))),
        float(bool(said["updating"].search(task))),
    )


@cache
def _telling() -> Mapping[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"\b(?:{any_of(words)})\b", re.IGNORECASE)
        for name, words in read_lexicon("triage")["telling"].items()
    }
