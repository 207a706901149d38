"""The health of a code base as a picture: one page of SVG, the same bytes for the same numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from cli.printing.map_drawings import matrix_lines, matrix_side
from memory.texts.formatting import spoken
from memory.texts.safe_text import one_line
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory.models.code import CouplingRow
    from memory.models.health import Debt, Health, Measure

WIDTH = 1180
_LEFT, _MIDDLE = 24, 600  # where the two columns begin
_ROW = 20
_MODULES = 14  # of the matrix: those that are coupled most
_MOST = 12  # rows of a list
_DAY = 10  # letters of a day
_BAR = 300  # pixels of the longest bar
_INK = {"better": "#1a7f37", "worse": "#cf222e", "same": "#59636e", "": "#59636e"}
_MARKS = {"better": "▲", "worse": "▼", "same": "="}
_SEVERITIES = (("critical", "#82071e"), ("major", "#cf222e"), ("minor", "#d8b4a0"))


def health_lines(found: Health) -> Iterator[str]:
    """The page: numbers with their trend, debt by module, the coupling matrix, bottlenecks."""
    left = [*_measures(found), *_debt(found.debt, _top(found) + 40)]
    strongest = _strongest(found.couplings)
    names = sorted({name for one in strongest for name in (one.first, one.second)})
    below = max(_top(found) + 70 + _ROW * min(len(found.debt), _MOST), matrix_side(names) + 130)
    lines = [*left, *_heading(_MIDDLE, 34, "Coupling: imports between the modules coupled most")]
    lines += [f'<svg x="{_MIDDLE}" y="48">', *matrix_lines(names, strongest, ()), "</svg>"]
    lines += _bottlenecks(found, below)
    height = below + 40 + _ROW * min(len(found.bottlenecks), _MOST)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
    yield from lines
    yield "</svg>"


def _top(found: Health) -> int:
    """Below the numbers."""
    return 60 + _ROW * len(found.measures)


def _measures(found: Health) -> Iterator[str]:
    days = next(((one.first_day, one.last_day) for one in found.measures if one.last_day), ("", ""))
    yield from _heading(_LEFT, 34, "Health")
    columns = [(250, "now")]
    if days[1]:
        columns += [(370, f"last, {days[1][:_DAY]}"), (490, f"first, {days[0][:_DAY]}")]
    for x, words in columns:
        yield _text(x, 34, words, anchor="end")
    for at, one in enumerate(found.measures):
        yield from _measure(one, 58 + at * _ROW)


def _measure(one: Measure, y: int) -> Iterator[str]:
    now = "unknown" if one.value is None else one.in_words(one.value)
    said = f"{one.formula} ({one.doubt})" if one.doubt else one.formula
    yield f"<g><title>{_safe(said)}</title>"
    yield _text(_LEFT, y, spoken(one.name))
    yield _text(250, y, now, anchor="end", ink="#1f2328" if one.value is not None else "#818b98")
    if one.last is not None:
        yield _text(370, y, one.in_words(one.last), anchor="end")
        yield _text(378, y, _MARKS.get(one.trend, ""), ink=_INK[one.trend])
    if one.first is not None:
        yield _text(490, y, one.in_words(one.first), anchor="end")
    yield "</g>"


def _debt(debt: tuple[Debt, ...], top: int) -> Iterator[str]:
    yield from _heading(_LEFT, top, "Findings by module")
    said = ", ".join(name for name, _ in _SEVERITIES)
    yield _text(215, top, f"{said}, by colour and in numbers")
    most = max((one.critical + one.major + one.minor for one in debt), default=1)
    for at, one in enumerate(debt[:_MOST]):
        y, x = top + 22 + at * _ROW, 190.0
        yield _text(180, y, shortened(one.module, 24), anchor="end")
        for name, ink in _SEVERITIES:
            count = getattr(one, name)
            width = _BAR * count / most
            if count:
                yield (
                    f'<rect x="{x:.1f}" y="{y - 10}" width="{width:.1f}" height="13" fill="{ink}">'
                    f"<title>{count} {name}</title></rect>"
                )
            x += width
        yield _text(x + 6, y, f"{one.critical} / {one.major} / {one.minor}")


def _strongest(couplings: tuple[CouplingRow, ...]) -> list[CouplingRow]:
    """The couplings among the modules that stand first in them."""
    names: dict[str, None] = {}
    for one in couplings:
        if len(names | {one.first: None, one.second: None}) <= _MODULES:
            names |= {one.first: None, one.second: None}
    return [one for one in couplings if one.first in names and one.second in names]


def _bottlenecks(found: Health, top: int) -> Iterator[str]:
    if not found.bottlenecks:
        return
    yield from _heading(_LEFT, top, "Bottlenecks")
    for at, one in enumerate(found.bottlenecks[:_MOST]):
        said = shortened(f"{one.text}  ({one.citations[0]})", 170)
        yield _text(_LEFT, top + 22 + at * _ROW, said)


def _heading(x: float, y: float, words: str) -> Iterator[str]:
    look = 'font-size="15" font-weight="600" fill="#1f2328"'
    yield f'<text x="{x}" y="{y}" {look}>{_safe(words)}</text>'


def _text(x: float, y: float, words: str, *, anchor: str = "", ink: str = "#59636e") -> str:
    said = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text x="{x:.1f}" y="{y}"{said} fill="{ink}">{_safe(words)}</text>'


def _safe(words: str) -> str:
    return escape(one_line(words))
