"""The map of code as a drawing: a graph for Graphviz or Mermaid, a matrix as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from memory.texts.safe_text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from memory.models.code import CodeMap, CouplingRow


def dot_lines(found: CodeMap) -> Iterator[str]:
    """The couplings as a graph for Graphviz."""
    yield "graph map {"
    for row in found.modules:
        yield f'  "{_quoted(row.module)}" [label="{_quoted(row.module)}\\n{row.lines} lines"];'
    for one in found.couplings:
        width = {"HIGH": 3, "MED": 2, "LOW": 1}[one.level]
        yield (
            f'  "{_quoted(one.first)}" -- "{_quoted(one.second)}" '
            f'[label="{one.imports}", penwidth={width}];'
        )
    yield "}"


def mermaid_lines(found: CodeMap) -> Iterator[str]:
    """The couplings as a graph for Mermaid; a weak one is dotted, a strong one thick."""
    names = _names(found)
    number = {name: f"m{index}" for index, name in enumerate(names)}
    yield "graph LR"
    for name in names:
        yield f'  {number[name]}["{_by_code(name)}"]'
    for one in found.couplings:
        link = {"HIGH": "===", "MED": "---", "LOW": "-.-"}[one.level]
        yield f"  {number[one.first]} {link}|{one.imports}| {number[one.second]}"


_MARKUP = frozenset("#\"'<>&`\\")
_CELL = 26  # pixels
_LETTER = 7.2  # pixels of one letter of a label, at 12 pixels of height
_FILLS = {"HIGH": "#c0392b", "MED": "#e6a23c", "LOW": "#dfe6ec"}


def svg_lines(found: CodeMap) -> Iterator[str]:
    """The coupling matrix: a row and a column a part, a field its level and its imports.

    Each field says in its tooltip what made its level. What goes in circles is named in red.
    """
    in_circles = {name for one in found.cycles for name in one.members}
    yield from matrix_lines(_names(found), found.couplings, in_circles)


def matrix_side(names: Sequence[str]) -> int:
    """Pixels of a matrix of some parts, its labels included, without the legend below it."""
    margin = round(max(map(len, names), default=0) * _LETTER) + 16
    return margin + len(names) * _CELL


def matrix_lines(
    names: Sequence[str], couplings: Iterable[CouplingRow], in_circles: Container[str]
) -> Iterator[str]:
    """The matrix of some parts as an SVG of its own."""
    side = matrix_side(names)
    margin = side - len(names) * _CELL
    at = {name: margin + index * _CELL for index, name in enumerate(names)}
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 8}" height="{side + 44}" '
        f'viewBox="0 0 {side + 8} {side + 44}" font-family="sans-serif" font-size="12">'
    )
    yield '  <rect width="100%" height="100%" fill="#ffffff"/>'
    for name, start in at.items():
        middle, ink = start + _CELL / 2 + 4, "#c0392b" if name in in_circles else "#222222"
        said = escape(one_line(name))
        yield f'  <text x="{margin - 6}" y="{middle}" text-anchor="end" fill="{ink}">{said}</text>'
        yield (
            f'  <text transform="translate({middle} {margin - 6}) rotate(-90)" fill="{ink}">'
            f"{said}</text>"
        )
        yield _field(start, start, "#8395a7", "", said)
    for one in couplings:
        why = escape(one_line(f"{one.first} - {one.second}: {one.level}, {one.reason}"))
        number = str(one.imports) if one.imports else ""
        for x, y in ((at[one.first], at[one.second]), (at[one.second], at[one.first])):
            yield _field(x, y, _FILLS[one.level], number, why)
    for index, (level, fill) in enumerate(_FILLS.items()):
        x = 8 + index * 80
        yield _field(x, side + 12, fill, "", f"coupling {level}")
        yield f'  <text x="{x + _CELL + 6}" y="{side + 29}" fill="#222222">{level}</text>'
    yield "</svg>"


def _field(x: int, y: int, fill: str, number: str, why: str) -> str:
    ink = "#ffffff" if fill == _FILLS["HIGH"] else "#222222"
    side, middle = _CELL - 2, _CELL / 2
    label = (
        f'<text x="{x + middle - 1}" y="{y + middle + 3}" text-anchor="middle" font-size="9" '
        f'fill="{ink}">{number}</text>'
    )
    return (
        f'  <g><title>{why}</title><rect x="{x}" y="{y}" width="{side}" height="{side}" '
        f'fill="{fill}"/>{label if number else ""}</g>'
    )


def _names(found: CodeMap) -> list[str]:
    """The parts that are drawn, those that others are coupled to included."""
    coupled = {each for one in found.couplings for each in (one.first, one.second)}
    return sorted({row.module for row in found.modules} | coupled)


def _quoted(name: str) -> str:
    return one_line(name).replace("\\", "\\\\").replace('"', "'")


def _by_code(name: str) -> str:
    """For Mermaid, which takes a label for HTML, or for Markdown."""
    said = one_line(name)
    return "".join(one if one not in _MARKUP else f"#{ord(one)};" for one in said)


#: How a map can be drawn, by the name of the format.
DRAWINGS: Mapping[str, Callable[[CodeMap], Iterator[str]]] = {
    "dot": dot_lines,
    "mermaid": mermaid_lines,
    "svg": svg_lines,
}
