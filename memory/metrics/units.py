"""Units of measurement, as far as it is certain how they convert into one another."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

#: Seconds in each unit of time.
_TIMES = {
    name: Fraction(length)
    for names, length in (
        ("ns nanosecond", "1e-9"),
        ("us µs μs microsecond", "1e-6"),
        ("ms msec millisecond", "1e-3"),
        ("s sec second", "1"),
        ("min minute", "60"),
        ("h hr hour", "3600"),
        ("d day", "86400"),
    )
    for name in names.split()
}
#: Bytes. KB and MB are left out: some mean 1000 by them, some 1024. "b" may be a bit.
_BYTES = {
    "byte": Fraction(1),
    "kib": Fraction(2**10),
    "mib": Fraction(2**20),
    "gib": Fraction(2**30),
}
_SHARES = {
    "%": Fraction(1, 100),
    "percent": Fraction(1, 100),
    "‰": Fraction(1, 1000),
    "ratio": Fraction(1),
    "fraction": Fraction(1),
}
#: Abbreviated rates, as what is counted and in how many seconds.
_RATES = {
    "rps": ("request", 1),
    "qps": ("query", 1),
    "tps": ("transaction", 1),
    "rpm": ("request", 60),
}
_COUNTED = {
    "req": "request",
    "msg": "message",
    "queries": "query",
    "op": "operation",
    "ops": "operation",
}
_PER = re.compile(r"(?P<what>[^\W\d_]+)\s*(?:/|\bper\b|\ban?\b)\s*(?P<time>[^\W\d_]+)")


class Unit(NamedTuple):
    """What a unit measures, and how much of that it is."""

    of: str  # only what is of the same sort can be compared
    size: Fraction


def read_unit(unit: str) -> Unit:
    """What a unit is; one that is not known converts into nothing but itself."""
    said = " ".join(unit.casefold().split())
    for of, table in (("time", _TIMES), ("bytes", _BYTES), ("share", _SHARES)):
        if size := table.get(said) or table.get(_singular(said)):
            return Unit(of, size)
    if said in _RATES:
        what, seconds = _RATES[said]
        return Unit(f"{what}/time", Fraction(1, seconds))
    rate = _PER.fullmatch(said)
    if rate and (time := _TIMES.get(rate["time"]) or _TIMES.get(_singular(rate["time"]))):
        counted = _singular(rate["what"])
        return Unit(f"{_COUNTED.get(counted, counted)}/time", 1 / time)
    return Unit(_singular(said), Fraction(1))


def convert(value: float, unit: str, into: str) -> float | None:
    """A value in another unit, rounded once; None where it is not certain that they convert."""
    have, want = read_unit(unit), read_unit(into)
    if have.of != want.of:
        return None
    if have.size == want.size:
        return value
    return float(Fraction(repr(value)) * have.size / want.size)


def _singular(word: str) -> str:
    if word in _COUNTED:
        return _COUNTED[word]
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
