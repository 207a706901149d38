"""What a step puts at risk: what is measured of its modules, and what blocks them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from memory.metrics.measurement_series import latest_of
from memory.models.details import Flag
from memory.models.flags import STILL_OPEN
from memory.models.plan import Cited, Ground, StepFinding
from memory.standings import fetch_standings
from memory.texts.module_names import same_modules
from memory.texts.numbers import number
from memory.texts.words import stems

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory.ledger.interface.database import Database
    from memory.metrics.measurement_series import Track
    from memory.models.memory import Memory
    from memory.models.selection import Lens
    from memory.models.series import Series

NEAR = 0.1  # of a threshold: a measurement so near is at risk, or one within two spreads of it
MOST = 3  # series told for one step


class Risks(NamedTuple):
    """What is at risk in a project."""

    series: tuple[Series, ...]  # each with its newest point and the last one past its threshold
    blocking: tuple[Memory, ...]  # flags

    def of(self, text: str, modules: tuple[str, ...]) -> list[StepFinding]:
        """What a step with this text on these modules puts at risk, the gravest first."""
        words = stems(text)
        at_risk = [
            (*grave, series)
            for series in self.series
            if (grave := _risk(series, text, words, modules)) is not None
        ]
        at_risk.sort(key=lambda one: (one[0], one[2].metric, one[2].environment))
        flags = [flag for flag in self.blocking if _touches(flag, modules)]
        return [
            *(_flag(flag) for flag in flags),
            *(_baseline(series, why) for _, why, series in at_risk[:MOST]),
        ]


def read_risks(db: Database, lens: Lens, tracks: Iterable[Track]) -> Risks:
    """What all series say now, and the flags that block."""
    flags = list(db.flags.blocking(lens).values())
    standings = fetch_standings(db, lens, [flag.uid for flag in flags])
    blocking = [flag for flag in flags if standings[flag.uid].status in STILL_OPEN]
    blocking.sort(key=lambda flag: flag.uid)
    return Risks(tuple(map(latest_of, tracks)), tuple(blocking))


def _risk(
    series: Series, text: str, words: frozenset[str], modules: tuple[str, ...]
) -> tuple[int, str] | None:
    """How grave it is for a step, 0 the gravest, and why; None where it is no matter."""
    latest, threshold = series.latest, series.latest.threshold
    names_it = stems(series.metric.replace("_", " ")) <= words or _says(text, series.metric)
    if not names_it and not same_modules(modules, series.modules):
        return None
    if threshold is not None:
        if latest.is_violated:
            return 0, f"past its threshold of {number(threshold)} {series.unit}"
        margin = max(NEAR * abs(threshold), 2 * (latest.spread or 0.0))
        if abs(latest.value - threshold) <= margin:
            return 1, f"near its threshold of {number(threshold)} {series.unit}"
    if names_it:
        return 2, "the step names it"
    violated = [point for point in series.points if point.is_violated]
    if violated:
        worst = violated[-1]
        return 3, f"it was past its threshold once, at {number(worst.value)} {series.unit}"
    return None


def _says(text: str, metric: str) -> bool:
    if metric.casefold() not in text.casefold():  # most are not, and each would be compiled
        return False
    return bool(re.search(rf"(?<!\w){re.escape(metric)}(?!\w)", text, re.IGNORECASE))


def _touches(flag: Memory, modules: tuple[str, ...]) -> bool:
    return same_modules(modules, flag.revision.draft.modules)


def _flag(flag: Memory) -> StepFinding:
    details = flag.revision.draft.details
    severity = details.severity if isinstance(details, Flag) else ""
    said = f"{severity} flag, open and blocking" if severity else "open and blocking"
    where = ", ".join(flag.revision.draft.modules)
    cited = Cited(uid=flag.uid, title=flag.title, citation=flag.citation)
    return StepFinding(ground=Ground.FLAG, cited=cited, reason=f"{said}, on {where}")


def _baseline(series: Series, why: str) -> StepFinding:
    latest = series.latest
    cited = Cited(uid=latest.uid, title=series.metric, citation=latest.citation)
    reason = f"at {number(latest.value)} {series.unit}; {why}"
    return StepFinding(ground=Ground.BASELINE, cited=cited, reason=" ".join(reason.split()))
