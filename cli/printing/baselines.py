"""Series of measurements: a line each, or a plot with its points, spreads and thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from cli.forms.screen import indented, line
from cli.printing.plots import DOT, THRESHOLD, row, scale_for, sparkline
from memory.models.series import Movement
from memory.texts.formatting import counted, day
from memory.texts.numbers import number
from memory.texts.safe_text import one_line
from memory.texts.shortening import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from rich.console import Console

    from memory.models.answer import Recorded
    from memory.models.series import Comparison, Point, Series

PLOTTED = 3  # so many series at most are plotted without being asked for by name
_ROWS = 20  # points of one plot; what came before is told in a line
_LEAST = 12  # columns in which a plot still shows something
_SPARKS = 12
_NARROW = 60  # columns below which a word has to do
_NAME = 30  # columns in which most metrics are told apart
_INDENT = 2
_STYLES = {
    Movement.BETTER: "green",
    Movement.WORSE: "red",
    Movement.NOISE: "dim",
    Movement.UNKNOWN: "yellow",
    Movement.FIRST: "dim",
}


def print_series(console: Console, series: Sequence[Series], *, is_named: bool) -> None:
    """Print series: as plots if they were asked for by name or are few, else a line each."""
    if not is_named and len(series) > PLOTTED:
        for text in _overview(series, width=console.width):
            console.print(text, no_wrap=True, crop=True)
        return
    for at, one in enumerate(series):
        if at:
            console.print()
        _print_plot(console, one)


def comparison_lines(recorded: Recorded) -> Iterator[Text]:
    """How a new measurement compares with its series, and what that unsettles."""
    compared = recorded.compared
    if compared is None:
        return
    yield _verdict(compared, compared.words)
    for place in recorded.elsewhere:
        yield line(f"The same metric is measured elsewhere: {place}.", "dim")
    for one in recorded.unsettled:
        premise = one.premise
        moved = f"{number(premise.was)} → {number(premise.now)} {premise.unit}".rstrip()
        yield Text.assemble(
            ("premise changed", "yellow"),
            " of ",
            line(f"“{one.title}”"),
            " ",
            (one.uid, "dim"),
            line(f": it rests on {premise.metric}, {moved}"),
        )


def _overview(series: Sequence[Series], *, width: int) -> Iterator[Text]:
    """A line for each series, by environment; where it is narrow without days, then plots."""
    columns = [
        [one.metric for one in series],
        [sparkline([point.value for point in one.points], width=_SPARKS) for one in series],
        [number(one.latest.value) for one in series],
        [one.unit for one in series],
        [day(one.latest.at) for one in series],
    ]
    ends = [_told(one.latest, briefly=width < _NARROW) for one in series]
    room = width - _INDENT - max(len(end) for end in ends)
    for spared in (4, 1):  # the day, then the sparkline
        if _NAME + sum(max(map(len, column)) + 2 for column in columns[1:] if column) > room:
            columns[spared] = []
    widths = [max(map(len, column), default=0) for column in columns]
    widths[0] = max(_LEAST, min(widths[0], room - sum(one + 2 for one in widths[1:] if one) - 2))
    for environment in dict.fromkeys(one.environment for one in series):
        yield line(environment or "no environment named", "dim")
        for at, one in enumerate(series):
            if one.environment == environment:
                cells = [column[at] if column else "" for column in columns]
                yield Text.assemble(" " * _INDENT, _cells(cells, widths), ends[at])


def _cells(cells: Sequence[str], widths: Sequence[int]) -> str:
    """The metric, the sparkline, the value with its unit and the day, those that have a width."""
    name = shortened(one_line(cells[0]), widths[0])
    said = f"{name:<{widths[0]}}  "
    said += f"{cells[1]:<{widths[1]}}  " if widths[1] else ""
    said += f"{cells[2]:>{widths[2]}} {one_line(cells[3]):<{widths[3]}}  "
    return said + (f"{cells[4]:<{widths[4]}}  " if widths[4] else "")


def _print_plot(console: Console, series: Series) -> None:
    console.print(line(series.metric, "bold"))
    console.print(indented(line(_about(series), "dim"), _INDENT))
    shown = series.points[-_ROWS:]
    if earlier := series.points[: -len(shown)]:
        console.print(indented(line(_earlier(earlier), "dim"), _INDENT))
    for text in _rows(shown, width=console.width - _INDENT):
        console.print(indented(text, _INDENT), no_wrap=True, crop=True)
    compared = series.latest.compared
    if compared.movement is not Movement.FIRST:
        console.print(indented(_verdict(compared, compared.words), _INDENT))
    if series.better_because:
        said = f"{series.better} is taken for better, as {series.better_because}"
        console.print(indented(line(said, "dim"), _INDENT))


def _rows(points: Sequence[Point], *, width: int) -> Iterator[Text]:
    """A row for each point, and the axis below them where there is room for a plot."""
    days = [day(point.at) or "undated" for point in points]
    values = [number(point.value) for point in points]
    spreads = [f"±{number(point.spread)}" if point.spread else "" for point in points]
    told = [_told(point) for point in points]
    day_width, value_width, spread_width, told_width = (
        max(map(len, column)) for column in (days, values, spreads, [one.plain for one in told])
    )
    head_width = day_width + 2 + value_width + (1 + spread_width if spread_width else 0)
    room = width - head_width - told_width - 4
    scale = scale_for(_reach(points))
    for at, point in enumerate(points):
        head = f"{days[at]:<{day_width}}  {values[at]:>{value_width}}"
        head += f" {spreads[at]:<{spread_width}}" if spread_width else ""
        text = Text(head)
        if room >= _LEAST:
            drawn = row(scale, room, point.value, spread=point.spread, threshold=point.threshold)
            text.append("  ")
            text.append_text(_coloured(drawn, point))
        text.append("  ")
        text.append_text(told[at])
        yield text
    if room >= _LEAST:
        low, high = number(scale.low), number(scale.high)
        yield Text(f"{'':{head_width + 2}}{low}{high:>{room - len(low)}}", "dim")


def _coloured(drawn: str, point: Point) -> Text:
    text = Text(drawn)
    text.highlight_regex(THRESHOLD, "yellow")
    text.highlight_regex(DOT, "red" if point.is_violated else "green" if point.threshold else "")
    return text


def _told(point: Point, *, briefly: bool = False) -> Text:
    """How it moved in a word, and, unless briefly, whether it is past its threshold."""
    movement = point.compared.movement
    moved = "moved" if movement is Movement.UNKNOWN and point.compared.is_beyond else movement
    text = Text(moved, _STYLES[movement])
    if point.is_violated and point.threshold is not None and not briefly:
        text.append_text(Text(f", past {number(point.threshold)}", "red"))
    return text


def _verdict(compared: Comparison, words: str) -> Text:
    text = line(words)
    if words.startswith(compared.movement):
        text.stylize(_STYLES[compared.movement], 0, len(compared.movement))
    return text


def _about(series: Series) -> str:
    threshold = series.latest.threshold
    parts = [
        series.environment,
        ", ".join(series.modules),
        series.unit,
        f"{series.better} is better" if series.better else "",
        "" if threshold is None else f"threshold {number(threshold)}",
    ]
    return " · ".join(part for part in parts if part)


def _earlier(points: Sequence[Point]) -> str:
    values = [point.value for point in points]
    since = next((day(point.at) for point in points if point.at), "")
    words = f"{counted(len(points), 'point')} before" + (f", since {since}" if since else "")
    between = f"{number(min(values))} to {number(max(values))}"
    return f"{words}: {sparkline(values, width=_ROWS)} {between}"


def _reach(points: Iterable[Point]) -> Iterator[float]:
    for point in points:
        spread = point.spread or 0.0
        yield from (point.value - spread, point.value + spread)
        if point.threshold is not None:
            yield point.threshold
