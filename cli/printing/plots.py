"""Small plots made of letters: a sparkline, and a row of a plot with its spread and threshold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BARS = "▁▂▃▄▅▆▇█"
DOT, THRESHOLD, LINE, LEFT, RIGHT = "●", "┊", "─", "├", "┤"
STEPS = (1, 2, 2.5, 5, 10)  # what people count in
_MARKS = 5  # of an axis


class Scale(NamedTuple):
    """Round ends of an axis, and the step between its marks."""

    low: float
    high: float
    step: float

    def share(self, value: float) -> float:
        """Where a value lies, 0 at the low end and 1 at the high one."""
        return (value - self.low) / (self.high - self.low)

    @property
    def marks(self) -> list[float]:
        """The round values from end to end."""
        count = round((self.high - self.low) / self.step)
        return [self.low + self.step * at for at in range(count + 1)]


def scale_for(values: Iterable[float]) -> Scale:
    """A scale that shows all values; from 0 where that wastes no more than half of it."""
    low, high = min(found := list(values)), max(found)
    if low > 0 and low <= high / 2:
        low = 0.0
    elif high < 0 and high >= low / 2:
        high = 0.0
    span = high - low or abs(high) or 1.0
    rough = span / _MARKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((one * power for one in STEPS if one * power >= rough * (1 - 1e-9)), rough)
    bottom, top = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    if bottom == top:
        bottom, top = bottom - step, top + step
    return Scale(bottom, top, step)


def sparkline(values: Sequence[float], *, width: int) -> str:
    """The values as bars, from the least to the greatest; of more than fit, the last ones."""
    shown = values[-width:]
    low, high = min(shown), max(shown)
    if low == high:
        return _BARS[len(_BARS) // 2] * len(shown)
    return "".join(_BARS[round((one - low) / (high - low) * (len(_BARS) - 1))] for one in shown)


def row(
    scale: Scale, width: int, value: float, *, spread: float | None, threshold: float | None
) -> str:
    """One measurement on an axis that runs to the right.

    Args:
        scale: Of the axis.
        width: In columns, at least 2.
        value: Gets the dot.
        spread: To both sides of it, a line.
        threshold: Gets a mark of its own; a dot hides it.
    """

    def column(at: float) -> int:
        return round(min(1.0, max(0.0, scale.share(at))) * (width - 1))

    cells = [" "] * width
    if threshold is not None:
        cells[column(threshold)] = THRESHOLD
    if spread:
        first, last = column(value - spread), column(value + spread)
        for at in range(first, last + 1):
            cells[at] = "┼" if cells[at] == THRESHOLD else LINE
        if first < column(value):
            cells[first] = LEFT
        if last > column(value):
            cells[last] = RIGHT
    cells[column(value)] = DOT
    return "".join(cells)
