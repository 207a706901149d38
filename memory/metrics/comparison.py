"""Compares two measurements of one series: better, worse, noise, or nobody can tell."""

from __future__ import annotations

import math
from statistics import median, pstdev
from typing import TYPE_CHECKING, Literal, NamedTuple

from memory.models.series import Comparison, Movement
from memory.texts.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

Better = Literal["lower", "higher", ""]

#: Two results with standard deviations s1 and s2 agree while they differ by no more than
#: k·√(s1² + s2²): the deviations of independent quantities add up in squares (JCGM 100:2008,
#: "GUM", 5.1.2), and k = 1.96 covers 95 % of a normal distribution (there, table G.1). It is the
#: test |E_n| <= 1 by which laboratories are compared (ISO/IEC 17043, B.3.1.3).
COVERAGE = 1.96
#: Makes the median absolute deviation an estimate of a normal distribution's standard deviation:
#: 1 / Φ⁻¹(3/4) (Rousseeuw and Croux 1993, "Alternatives to the Median Absolute Deviation").
MAD_TO_DEVIATION = 1.4826
LEAST_FOR_SCATTER = 4  # earlier points; of fewer the median deviation is mostly chance
LOOKED_BACK = 200  # earlier points at most: what scattered long ago need not scatter now
_SAME = 1e-9  # share of a value by which conversion between units may be off


class Reading(NamedTuple):
    """A measurement as far as it takes to compare it."""

    uid: str
    at: datetime | None
    value: float
    spread: float | None = None  # standard deviation of it
    threshold: float | None = None


class Noise(NamedTuple):
    """How much two measurements may differ for no reason."""

    limit: float
    words: str  # how it was reckoned


def compare(
    new: Reading, old: Reading, *, better: Better, earlier: Sequence[float] = (), unit: str = ""
) -> Comparison:
    """How a measurement compares with an earlier one of its series.

    A difference counts where it is beyond the noise. Where nobody says how much the metric
    scatters, it counts only if it takes the value across its threshold.

    Args:
        new: The later one.
        old: The earlier one, in the same unit.
        better: Which way is better; "" where nobody says.
        earlier: The values of the series before `new`, for its own scatter; the last ones count.
        unit: Of both.
    """
    noise = noise_between(new, old, earlier)
    crossed = _crossed(new, old, better)
    delta = new.value - old.value
    is_same = math.isclose(new.value, old.value, rel_tol=_SAME)
    if noise is None:
        is_beyond = bool(crossed) and not is_same
    else:
        is_beyond = not is_same and abs(delta) > noise.limit * (1 + _SAME)
    movement = _movement(delta, better, is_beyond=is_beyond, is_known=noise is not None or is_same)
    return Comparison(
        movement=movement,
        is_beyond=is_beyond,
        since=old.uid,
        was=old.value,
        now=new.value,
        unit=unit,
        noise=noise.limit if noise else None,
        crossed=crossed,
        words=_words(new, old, movement, noise, crossed, unit, better, is_beyond=is_beyond),
        reason=_reason(delta, noise, is_beyond=is_beyond, crossed=crossed),
    )


def first(new: Reading, unit: str = "") -> Comparison:
    """The comparison of a measurement before which there is none."""
    return Comparison(
        movement=Movement.FIRST, now=new.value, unit=unit, words="the first of its series"
    )


def noise_between(new: Reading, old: Reading, earlier: Sequence[float]) -> Noise | None:
    """How much two measurements may differ by chance; None where nobody can say.

    With one spread it stands for both; with none the series' own scatter does, if it is long
    enough to have one.
    """
    spreads = [one.spread for one in (old, new) if one.spread is not None and one.spread >= 0]
    if len(spreads) == 2:
        words = f"{COVERAGE:g}·√({number(spreads[0])}² + {number(spreads[1])}²)"
        return Noise(COVERAGE * math.hypot(*spreads), words)
    if spreads:
        words = f"{COVERAGE:g}·√2·{number(spreads[0])}, the one spread that is known"
        return Noise(COVERAGE * math.sqrt(2) * spreads[0], words)
    earlier = earlier[-LOOKED_BACK:]
    if len(earlier) < LEAST_FOR_SCATTER:
        return None
    scatter = deviation(earlier)
    words = f"{COVERAGE:g}·√2·{number(scatter, 3)}, by how the {len(earlier)} before it scatter"
    return Noise(COVERAGE * math.sqrt(2) * scatter, words)


def deviation(values: Sequence[float]) -> float:
    """The standard deviation that values show; one that is far off hardly moves it."""
    middle = median(values)
    spread = MAD_TO_DEVIATION * median(abs(value - middle) for value in values)
    return spread or pstdev(values)  # where more than half of them are equal


def is_violated(value: float, threshold: float | None, better: Better) -> bool:
    """Whether a value is past its threshold; what lies on it is not."""
    if threshold is None or not better or math.isclose(value, threshold, rel_tol=_SAME):
        return False
    return value > threshold if better == "lower" else value < threshold


def change(was: float, now: float, unit: str) -> str:
    """The difference in percent, such as `+12 %`; nothing where it has no meaning.

    What is a percentage itself changes by points.
    """
    if unit == "%":
        return f"{'+' if now >= was else ''}{number(now - was, 3)} points"
    if not was or was * now < 0:
        return ""
    percent = (now - was) / abs(was) * 100
    said = f"{percent:+.0f} %" if abs(percent) >= 10 else f"{percent:+.1f} %"
    return said.replace("-", "−")


def _movement(delta: float, better: Better, *, is_beyond: bool, is_known: bool) -> Movement:
    if not is_beyond:
        return Movement.NOISE if is_known else Movement.UNKNOWN
    if not better:
        return Movement.UNKNOWN
    return Movement.BETTER if (delta < 0) == (better == "lower") else Movement.WORSE


def _crossed(new: Reading, old: Reading, better: Better) -> Literal["", "over", "back"]:
    """Whether it went past the threshold that holds now, or came back from it."""
    threshold = old.threshold if new.threshold is None else new.threshold
    before = is_violated(old.value, threshold, better)
    after = is_violated(new.value, threshold, better)
    if before == after:
        return ""
    return "over" if after else "back"


def _words(
    new: Reading,
    old: Reading,
    movement: Movement,
    noise: Noise | None,
    crossed: str,
    unit: str,
    better: Better,
    *,
    is_beyond: bool,
) -> str:
    than = f"{old.at:%Y-%m-%d}" if old.at else "the one before"
    moved = f"{number(old.value)} → {number(new.value)} {unit}".rstrip()
    share = change(old.value, new.value, unit)
    said = f"{moved} ({share})" if share else moved
    within = f"its spread (±{number(noise.limit, 3)})" if noise else ""
    match movement:
        case Movement.BETTER | Movement.WORSE:
            words = f"{movement} than {than}: {said}"
            words += f", beyond {within}" if noise else ""
        case Movement.NOISE:
            words = f"noise against {than}: {said}" + (f", within {within}" if noise else "")
        case _ if is_beyond:
            words = f"moved since {than}: {said}, beyond {within}; nobody says which way is better"
        case _:
            words = f"cannot tell against {than}: {said}; nobody says how much it scatters"
    return words + _at_threshold(new, old, crossed, unit, better)


_AT_THRESHOLD = {"over": "crossed", "back": "back within", "": "still past"}


def _at_threshold(new: Reading, old: Reading, crossed: str, unit: str, better: Better) -> str:
    threshold = old.threshold if new.threshold is None else new.threshold
    if threshold is None or not (crossed or is_violated(new.value, threshold, better)):
        return ""
    return f"; {_AT_THRESHOLD[crossed]} its threshold of {number(threshold)} {unit}".rstrip()


def _reason(delta: float, noise: Noise | None, *, is_beyond: bool, crossed: str) -> str:
    if noise is None:
        return "it crossed its threshold" if crossed else "no spread, and too few points for one"
    sign = ">" if is_beyond else "≤"
    return f"|{number(delta, 6)}| {sign} {number(noise.limit, 3)} = {noise.words}"
