"""Finding the measurement that a reference names by its metric and day."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from indexer.wording.dates import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable

_LEAD = re.compile(r"(?:the_)?(?:baselines?|measurements?)_(?:of_|for_)?")
#: What may stand behind the metric; with another word it would be the name of another metric.
_NEXT = re.compile(r"(?:baseline|measurement|of|from|on|at|as|measured|in|dated|\d{1,4})(?:_|$)")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PARTS = re.compile(r"\s*;\s*|\s*(?:,|\band\b|,\s*and\b)\s*(?=(?:the\s+)?baselines?\b)")


class Measured(NamedTuple):
    """A measurement, as far as it takes to be found."""

    uid: str
    metric: str
    day: str  # such as 2025-03-17; "" where its source does not say
    value: float | None


class MeasurementNames:
    """All measurements of a project, by what a reference may call them.

    Such as "baseline `checkout_latency_p95` of 2025-03-17 (905 ms)". Looking up never guesses:
    a metric without a day names its one measurement, if it has just one; of several of one day
    the one whose value is named is meant, or none.
    """

    def __init__(self, measured: Iterable[Measured]) -> None:
        self._by_metric: dict[str, list[Measured]] = defaultdict(list)
        for one in measured:
            self._by_metric[_folded(one.metric)].append(one)

    def find(self, said: str) -> str | None:
        """The uid of the measurement that some words name."""
        folded = _LEAD.sub("", _folded(said), count=1)
        metric = max((one for one in self._by_metric if _begins(folded, one)), key=len, default="")
        if not metric:
            return None
        found = self._by_metric[metric]
        moment = read_date(said)
        if moment is not None:
            found = [one for one in found if one.day == f"{moment:%Y-%m-%d}"]
        if len(found) > 1:
            numbers = {float(number) for number in _NUMBER.findall(said.replace(",", ""))}
            found = [one for one in found if one.value in numbers]
        return found[0].uid if len(found) == 1 else None


def named_baselines(said: str) -> list[str]:
    """The parts of a text that each name a baseline."""
    parts = (part.strip() for part in _PARTS.split(said))
    return [part for part in parts if re.match(r"(?:the\s+)?baselines?\b", part, re.IGNORECASE)]


def _begins(folded: str, metric: str) -> bool:
    rest = folded.removeprefix(metric)
    return not rest or (rest != folded and rest[0] == "_" and bool(_NEXT.match(rest[1:])))


def _folded(text: str) -> str:
    return re.sub(r"[^\w%]+", "_", text.casefold()).strip("_")
