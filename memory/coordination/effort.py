"""What a change takes, by what changes like it took."""

from __future__ import annotations

from statistics import quantiles
from typing import TYPE_CHECKING

from memory.coordination.families import SERVICES, family_of
from memory.coordination.similar import LIKE
from memory.models.coordination import SYSTEMIC, Effort

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from memory.code.codebase import CodeBase
    from memory.code.past_changes import PastChange, PastChanges

LEAST = 5  # changes like it from which on effort is told
_MOST = 20  # changes that it is taken from
_READ = 200  # changes with its words that are looked at
LARGEST = 100  # files; larger changes are moves and formatting
_NAMED = 3  # files that are named


def effort_of(
    past: PastChanges | None,
    query: str,
    code: CodeBase,
    family: str = "",
    modules: int = 1,
    files: Collection[str] = (),
) -> Effort | None:
    """What changes of the past took: those to the same files, or of the same family.

    Where nothing of the code is named, those count whose subjects are of the family and share
    words with the request, and for a change of several modules only such. None for too few.
    """
    if past is None:
        return None
    if files:
        own = set(files)
        small = (one for one in past.changes if len(one.paths) <= LARGEST)
        like = [one for one in small if not own.isdisjoint(one.paths)]
        basis = f"changes of at most {LARGEST} files that touched {_listed(files)}"
    else:
        worded = [one.change for one in past.like(query, _READ) if one.likeness >= LIKE]
        alike = SERVICES if family in SERVICES else {family}
        like = [one for one in worded if family and family_of(one.subject) in alike]
        like = [one for one in like if _touched(code, one) >= min(modules, SYSTEMIC)]
        basis = "changes that read like it"
    like = like[:_MOST]
    if len(like) < LEAST:
        return None

    def spread(values: Iterable[float]) -> tuple[float, float, float]:
        low, middle, high = quantiles(values, n=4, method="inclusive")
        return round(low, 1), round(middle, 1), round(high, 1)

    # A commit that came by itself does not say when work on it began.
    dated = [one for one in like if one.began < one.moment]
    lasted = [(one.moment - one.began).total_seconds() / 86_400 for one in dated]
    return Effort(
        changes=len(like),
        basis=basis,
        files=spread(len(one.paths) for one in like),
        commits=spread(one.commits for one in like),
        days=spread(lasted) if len(lasted) >= LEAST else None,
        citations=tuple(one.commit for one in like),
    )


def _listed(files: Collection[str]) -> str:
    more = len(files) - _NAMED
    return ", ".join(sorted(files)[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _touched(code: CodeBase, change: PastChange) -> int:
    """How many modules of today a change touched, tests apart."""
    files = (code.files[path] for path in change.paths if path in code.files)
    return len({one.module for one in files if not one.is_test})
