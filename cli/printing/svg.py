"""Series of measurements as a picture: SVG, dark or light, the same bytes for the same series."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape

from cli.printing.plots import Scale, scale_for
from memory.models.series import Movement
from memory.texts.formatting import day
from memory.texts.numbers import number
from memory.texts.safe_text import one_line
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory.models.series import Point, Series

_MOST_MARKS = 7
#: Months between marks, from the finest.
_MONTHS = (1, 2, 3, 6, 12, 24, 60, 120)


class TimeAxis(NamedTuple):
    """Places along an axis, from 0 at its beginning to 1 at its end."""

    shares: list[float]  # of the moments, in their order
    marks: list[tuple[float, str]]


def time_axis(moments: Sequence[datetime | None]) -> TimeAxis:
    """An axis for moments that come in order.

    They lie as far apart as they are in time; where not each has a date, or all have the same,
    each as far from the next.
    """
    dated = [moment for moment in moments if moment is not None]
    if len(dated) < len(moments) or len(set(dated)) < 2:
        return _in_steps(moments)
    first, last = dated[0], dated[-1]
    span = (last - first).total_seconds()

    def share(moment: datetime) -> float:
        return (moment - first).total_seconds() / span

    marks = [(share(moment), words) for moment, words in _marks(first, last)]
    return TimeAxis([share(moment) for moment in dated], marks)


def _in_steps(moments: Sequence[datetime | None]) -> TimeAxis:
    count = len(moments)
    shares = [at / (count - 1) for at in range(count)] if count > 1 else [0.5]
    every = -(-count // _MOST_MARKS)
    marks = [(shares[at], day(moments[at]) or "undated") for at in range(0, count, every)]
    return TimeAxis(shares, marks)


def _marks(first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    for months in _MONTHS:
        starts = list(_starts(first, last, months))
        if len(starts) < 2:
            break
        if len(starts) <= _MOST_MARKS:
            return [(one, f"{one:%Y}" if months >= 12 else f"{one:%Y-%m}") for one in starts]
    return [(first, day(first)), (last, day(last))]


def _starts(first: datetime, last: datetime, months: int) -> Iterator[datetime]:
    """The beginnings of every so many months between two moments."""
    month = (first.year * 12 + first.month - 1) // months * months
    while True:
        if month // 12 > 9999:
            return
        start = datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC)
        if start > last:
            return
        if start >= first:
            yield start
        month += months


WIDTH, PANEL = 790, 306
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 732, 74, 244  # of the plot within its panel
_LEGEND = 288  # where the legend stands
_LETTER = 6.4  # width of a letter of 11 pixels, on average
_FEW = 10  # points of which each gets its value, if there is room
_LARGE = ((1e12, 1e12, "T"), (1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e5, 1e3, "k"))
_LONGEST = 86  # letters of a line of text
_ILLEGAL = re.compile("[\ufffe\uffff]")  # what XML 1.0 cannot hold beside what is made visible

_STYLE = """\
text{font:11px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#59636e}
.paper{fill:#fff}
.name{font-size:15px;font-weight:600;fill:#1f2328}
.value{font-weight:600;fill:#1f2328}
.value,.limit{paint-order:stroke;stroke:#fff;stroke-width:3px;stroke-linejoin:round}
.grid{stroke:#d8dee4}
.axis{stroke:#818b98}
.path{fill:none;stroke:#818b98;stroke-width:1.5}
.spread{stroke:#818b98;stroke-width:1.5}
.threshold{fill:none;stroke:#9a6700;stroke-width:1.5;stroke-dasharray:5 4}
.limit{fill:#9a6700}
.better{fill:#1a7f37;stroke:#1a7f37}
.worse{fill:#cf222e;stroke:#cf222e}
.noise{fill:#818b98;stroke:#818b98}
.moved,.first{fill:#fff;stroke:#1f2328;stroke-width:1.5}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}
.paper{fill:#0d1117}
.name,.value{fill:#f0f6fc}
.grid{stroke:#2a313c}
.axis,.path,.spread{stroke:#767f8a}
.threshold{stroke:#d29922}
.limit{fill:#d29922}
.better{fill:#3fb950;stroke:#3fb950}
.worse{fill:#f85149;stroke:#f85149}
.value,.limit{stroke:#0d1117}
.noise{fill:#767f8a;stroke:#767f8a}
.moved,.first{fill:#0d1117;stroke:#f0f6fc}
}"""
#: How a point looks, by how it moved: not by its colour alone.
_LEGENDS = {
    "first": "first",
    "better": "better",
    "worse": "worse",
    "noise": "within its spread",
    "moved": "cannot tell",
}


class _Panel(NamedTuple):
    """Where the points of a series are to be drawn."""

    top: float
    scale: Scale
    times: TimeAxis

    def x(self, at: int) -> float:
        return _LEFT + 18 + self.times.shares[at] * (_RIGHT - _LEFT - 36)

    def y(self, value: float) -> float:
        return self.top + _BOTTOM - self.scale.share(value) * (_BOTTOM - _TOP)


class _Box(NamedTuple):
    """Words, and the room that they take."""

    left: float
    right: float
    y: float  # of the line that they stand on
    words: str

    def meets(self, other: _Box) -> bool:
        """Whether they would be hard to read beside one another."""
        is_beside = self.left < other.right + 4 and other.left < self.right + 4
        return is_beside and abs(self.y - other.y) < 13


def draw_series(series: Sequence[Series]) -> str:
    """A picture of series, one below the other; readable on light and on dark ground."""
    height = PANEL * len(series)
    said = "; ".join(_told(one) for one in series)
    name = ", ".join(one.metric for one in series)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title desc">',
        f'<title id="title">{_safe(f"Baselines: {name}")}</title>',
        f'<desc id="desc">{_safe(said)}</desc>',
        f"<style>\n{_STYLE}\n</style>",
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
    ]
    for at, one in enumerate(series):
        parts += _panel(one, at * PANEL)
    return "\n".join([*parts, "</svg>"])


def _panel(series: Series, top: float) -> Iterator[str]:
    panel = _Panel(top, scale_for(_reach(series)), time_axis([one.at for one in series.points]))
    yield f"<g><!-- {_comment(series.metric)} -->"
    yield _text(20, top + 28, series.metric, kind="name")
    yield _text(20, top + 47, _about(series))
    yield from _axes(panel)
    yield from _thresholds(panel, series.points)
    places = [f"{panel.x(at):.1f},{panel.y(one.value):.1f}" for at, one in enumerate(series.points)]
    yield f'<polyline class="path" points="{" ".join(places)}"/>'
    for at, point in enumerate(series.points):
        yield from _point(panel, at, point, series.unit)
    yield from _labels(panel, series.points)
    yield from _legend(series.points, top)
    yield "</g>"


def _axes(panel: _Panel) -> Iterator[str]:
    for value in panel.scale.marks:
        y = panel.y(value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(_LEFT - 8, y + 4, _short(value), anchor="end")
    bottom = panel.top + _BOTTOM
    yield f'<line class="axis" x1="{_LEFT}" x2="{_RIGHT}" y1="{bottom}" y2="{bottom}"/>'
    for share, words in panel.times.marks:
        x = _LEFT + 18 + share * (_RIGHT - _LEFT - 36)
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{bottom}" y2="{bottom + 5}"/>'
        yield _text(x, bottom + 18, words, anchor="middle")


def _thresholds(panel: _Panel, points: Sequence[Point]) -> Iterator[str]:
    """The threshold as steps: each holds from its measurement to the next one."""
    for at, point in enumerate(points):
        if point.threshold is None:
            continue
        is_first, is_last = at == 0, at == len(points) - 1
        begin = _LEFT if is_first else panel.x(at)
        end = _RIGHT if is_last else panel.x(at + 1)
        y = panel.y(point.threshold)
        yield f'<line class="threshold" x1="{begin:.1f}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _threshold_box(panel: _Panel, points: Sequence[Point]) -> _Box | None:
    """Where the words beside the latest threshold stand: at the end that has room for them."""
    threshold = points[-1].threshold
    if threshold is None:
        return None
    words, y = f"threshold {number(threshold)}", panel.y(threshold)
    width = len(words) * _LETTER
    ends = (_Box(_RIGHT - width, _RIGHT, y - 5, words), _Box(_LEFT, _LEFT + width, y - 5, words))
    for box in ends:
        if not any(
            box.left - 8 < panel.x(at) < box.right + 8 and abs(panel.y(point.value) - y + 5) < 16
            for at, point in enumerate(points)
        ):
            return box
    return ends[0]


def _point(panel: _Panel, at: int, point: Point, unit: str) -> Iterator[str]:
    x, y = panel.x(at), panel.y(point.value)
    yield f"<g><title>{_safe(_point_words(point, unit))}</title>"
    if point.spread:
        high, low = panel.y(point.value + point.spread), panel.y(point.value - point.spread)
        yield (
            f'<path class="spread" d="M{x:.1f} {high:.1f}V{low:.1f}'
            f'M{x - 5:.1f} {high:.1f}h10M{x - 5:.1f} {low:.1f}h10"/>'
        )
    yield _mark(_kind(point), x, y)
    yield "</g>"


def _mark(kind: str, x: float, y: float) -> str:
    match kind:
        case "worse":
            path = f"M{x:.1f} {y - 6.5:.1f}l6.5 6.5l-6.5 6.5l-6.5 -6.5z"
            return f'<path class="worse" d="{path}"/>'
        case "moved":
            return f'<rect class="moved" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10"/>'
        case _:
            return f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'


def _labels(panel: _Panel, points: Sequence[Point]) -> Iterator[str]:
    """The threshold and the values, as many as have room: the last, the first, the extremes."""
    taken: list[_Box] = []
    if box := _threshold_box(panel, points):
        taken.append(box)
        yield _text(box.left, box.y, box.words, kind="limit")
    values = [point.value for point in points]
    ends = [len(points) - 1, 0, values.index(max(values)), values.index(min(values))]
    others = [
        at for at, point in enumerate(points) if len(points) <= _FEW or point.compared.is_beyond
    ]
    for at in dict.fromkeys([*ends, *reversed(others)]):
        for box in _places(panel, at, points[at]):
            if box.right < WIDTH and not any(box.meets(other) for other in taken):
                taken.append(box)
                yield _text(box.left, box.y, box.words, kind="value")
                break


def _places(panel: _Panel, at: int, point: Point) -> Iterator[_Box]:
    """Where the value of a point may stand: above it, unless its spread is there, beside, below."""
    x, y, words = panel.x(at), panel.y(point.value), _short(point.value)
    width = len(words) * _LETTER * 1.15
    above = _Box(x - width / 2, x + width / 2, y - 11, words)
    beside = _Box(x + 10, x + 10 + width, y + 4, words)
    is_tall = point.spread is not None and y - panel.y(point.value + point.spread) > 8
    yield from (beside, above) if is_tall else (above, beside)
    yield above._replace(y=y + 20)


def _legend(points: Sequence[Point], top: float) -> Iterator[str]:
    there = {_kind(point) for point in points}
    x = float(_LEFT)
    for kind, words in _LEGENDS.items():
        if kind in there:
            yield _mark(kind, x + 6, top + _LEGEND - 4)
            yield _text(x + 18, top + _LEGEND, words)
            x += 18 + len(words) * _LETTER + 22


def _short(value: float) -> str:
    """A number of few letters: `320 M`, `4.1e−5`."""
    size = abs(value)
    for least, unit, letter in _LARGE:
        if size >= least:
            return f"{number(value / unit, 4)} {letter}"
    if 0 < size < 1e-3:
        digits, _, power = f"{value:.3g}".partition("e")
        return f"{digits}e{int(power)}".replace("-", "−") if power else number(value, 3)
    return number(value, 6)


def _kind(point: Point) -> str:
    movement = point.compared.movement
    return "moved" if movement is Movement.UNKNOWN else str(movement)


def _reach(series: Series) -> Iterator[float]:
    for point in series.points:
        spread = point.spread or 0.0
        yield from (point.value - spread, point.value + spread)
        if point.threshold is not None:
            yield point.threshold


def _about(series: Series) -> str:
    parts = [
        series.environment,
        series.unit,
        f"{series.better} is better" if series.better else "",
        f"of {', '.join(series.modules)}" if series.modules else "",
    ]
    return " · ".join(part for part in parts if part)


def _told(series: Series) -> str:
    points = ", ".join(_point_words(point, series.unit) for point in series.points)
    return f"{series.metric} ({_about(series)}): {points}"


def _point_words(point: Point, unit: str) -> str:
    spread = f" ±{number(point.spread)}" if point.spread else ""
    said = f"{day(point.at) or 'undated'}: {number(point.value)}{spread} {unit}".rstrip()
    return f"{said}, {point.compared.movement}" + (
        f", past {number(point.threshold)}"
        if point.is_violated and point.threshold is not None
        else ""
    )


def _text(x: float, y: float, words: str, *, anchor: str = "", kind: str = "") -> str:
    said = (f' class="{kind}"' if kind else "") + (f' text-anchor="{anchor}"' if anchor else "")
    return f'<text x="{x:.1f}" y="{y:.1f}"{said}>{_safe(shortened(words, _LONGEST))}</text>'


def _safe(text: str) -> str:
    return escape(_ILLEGAL.sub("\ufffd", one_line(text)))


def _comment(text: str) -> str:
    return _safe(text).replace("--", "- -").rstrip("-")
