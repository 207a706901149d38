"""Metrics in words: "checkout_latency_p95, ms" says little to who asks "how slow is paying"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory.texts.lexicon import read_lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])|\d+[a-zA-Z]*")
_PER = re.compile(r"(?<!\s)\s*+(?:/|\bper\b)\s*+")
_TIMES = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "d": "day"}


def spell_metric(name: str, unit: str = "", modules: Sequence[str] = ()) -> str:
    """A metric's name and unit as words, with what their abbreviations stand for.

    "payments: checkout latency p95: how long it takes, …, 95th percentile, …; in milliseconds, …";
    a module often says what its metrics' names take for granted.
    """
    lexicon = read_lexicon("metrics")
    parts = _parts(name)
    meant = [lexicon["parts"][part] for part in parts if part in lexicon["parts"]]
    measured = f"; in {_spell_unit(unit, lexicon['units'])}" if unit else ""
    said = f": {', '.join(meant)}" if meant else ""
    where = "".join(f"{' '.join(_parts(module))}: " for module in modules)
    return f"{where}{' '.join(parts) or name}{said}{measured}"


def _parts(name: str) -> list[str]:
    return [part.lower() for part in _PART.findall(name)]


def _spell_unit(unit: str, known: dict[str, str]) -> str:
    what, *time = _PER.split(unit.strip().lower(), maxsplit=1)
    if not time:
        return known.get(what, f"{what}, how many" if what.isalpha() else what)
    return f"{what} per {_TIMES.get(time[0], time[0])}, how many per {_TIMES.get(time[0], time[0])}"
