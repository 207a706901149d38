"""Numbers with units in the words that people use for measurements."""

from __future__ import annotations

import re

from indexer.wording.naming import names

_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,15}(?:\.\d{1,15})?(?:e[-+]?\d{1,2})?)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s{0,3}(%|‰|/\s?\d+|[A-Za-zµμ]{1,12}(?:/[A-Za-z]{1,8})?)")
_RANGE = re.compile(r"\s{0,3}(?:[-–—]|to\b)\s{0,3}\d")
_CHANGE = re.compile(r"→|⇒|->|=>|\bfrom\b.{0,80}?\bto\b", re.IGNORECASE)

#: Units we know when we see them; another word after a number is not taken for one.
_UNITS = names(
    "% ‰ ns us µs μs ms s sec secs second seconds min mins minute minutes h hour hours day days "
    "b byte bytes kb mb gb tb kib mib gib x req/s requests/s rps qps tps ops/s msg/s messages/s "
    "jobs/s rows/s events/s req/min rpm mb/s kb/s gb/s queries requests errors items lines files "
    "tokens usd eur connections workers threads"
)


def read_quantity(text: str) -> tuple[float | None, str]:
    """The number a text is about and its unit.

    Of a change ("3s → 150ms") it is the later value, of a bound ("<50ms") the bound; a range,
    a date or plain words have none.

    Returns:
        The value, or None; the unit as written, or "".
    """
    latest = _CHANGE.split(text)[-1]
    number = _NUMBER.search(latest)
    if number is None or _RANGE.match(latest, number.end()):
        return None, ""
    unit = _UNIT.match(latest, number.end())
    said = unit[1].replace(" ", "") if unit else ""
    known = said.lower() in _UNITS or said.startswith("/")
    if not known and latest[number.end() : number.end() + 1].isalpha():
        return None, ""  # "3rd", "2x4": not a measurement
    return float(number[0].replace(",", "")), said if known else ""
