"""Quantities in words: a number, by the convention of the text that it stands in, and its unit."""

from __future__ import annotations

import re

from memory.texts.lexicon import words_of
from memory.texts.patterns import lazy

_NUMBER = lazy(
    r"(?<![\w.,])[-+]?(?:\d{1,3}(?:(?P<gap>[,.\u2019'\u00a0\u202f ])\d{3})(?:(?P=gap)\d{3}){0,4}"
    r"(?:[.,]\d{1,15})?|\d{1,15}(?:[.,]\d{1,15})?(?:e[-+]?\d{1,2})?)(?![.,]?\d)",
    re.IGNORECASE,
)
_UNIT = lazy(r"\s{0,3}(%|‰|€|/\s?\d+|[A-Za-zµμ]{1,12}(?:/[A-Za-z]{1,8})?)")
_RANGE = lazy(r"\s{0,3}(?:[-–—]|to\b)\s{0,3}\d")
_CHANGE = lazy(r"→|⇒|->|=>|\bfrom\b.{0,80}?\bto\b", re.IGNORECASE)
_STATED = lazy(rf"[\s~<>≈≤≥±]*(?P<number>{_NUMBER.pattern})", re.IGNORECASE)
_STRING = lazy(r'"((?:\\.|[^"\\]){1,200})"')


def decimal_mark(json: str) -> str:
    """What stands before the decimals in the quantities of a JSON text: "," or "."; "" for both.

    Where no number of it shows that, it is the point.
    """
    stated = (_STATED.match(said) for said in _STRING.findall(json))
    marks = {_mark(match["number"]) for match in stated if match} - {""}
    return marks.pop() if len(marks) == 1 else "" if marks else "."


def read_quantity(text: str, mark: str = ".") -> tuple[float | None, str]:
    """The number a text is about and its unit.

    Of a change ("3s → 150ms") it is the later value, of a bound ("<50ms") the bound; a range,
    a date or plain words have none. What 1,234 is depends on `mark`, the decimal one; with ""
    for that nobody can tell.

    Returns:
        The value, or None; the unit as written, or "".
    """
    latest = _CHANGE.split(text)[-1]
    number = _NUMBER.search(latest)
    if number is None or _RANGE.match(latest, number.end()):
        return None, ""
    unit = _UNIT.match(latest, number.end())
    said = unit[1].replace(" ", "") if unit else ""
    known = said.lower() in words_of("units", "units") or said.startswith("/")
    if not known and latest[number.end() : number.end() + 1].isalpha():
        return None, ""  # "3rd", "2x4": not a measurement
    own = _mark(number[0]) or mark
    if not own and re.search("[.,]", number[0]):
        return None, said if known else ""
    plain = re.sub(rf"[^\d{re.escape(own)}e+-]", "", number[0], flags=re.IGNORECASE)
    return float(plain.replace(own or ".", ".")), said if known else ""


def _mark(number: str) -> str:
    """What stands before the decimals of a number, if that shows; "" if it does not."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        return max(".", ",", key=number.rfind)
    if points + commas > 1:
        return "," if points else "."
    if not points + commas:
        return ""
    mark = "." if points else ","
    whole, _, rest = number.partition(mark)
    is_thousands = len(rest) == 3 and rest.isdigit() and whole.lstrip("-+") != "0"
    return "" if is_thousands and len(whole.lstrip("-+")) <= 3 else mark
